import ControllerRuntime
import Documents
import KubernetesAPI

/// Empties a namespace that is being deleted, then lets it go (`pkg/controller/namespace`).
struct NamespaceReconciler: Reconciler {
    static let name = "namespace-controller"
    /// What may be inside. Events go last, so that the end of everything else can still be told.
    static let content = APIResource.all.filter(\.isNamespaced).sorted { left, right in
        (left == .events ? 1 : 0, left.plural) < (right == .events ? 1 : 0, right.plural)
    }

    let client: any KubernetesClient
    let namespaces: Lister
    let clock: any ControllerClock

    static func controller(_ context: ControllerContext) -> Controller {
        let namespaces = context.informers.informer(.namespaces)
        let queue = context.makeQueue()
        namespaces.addHandler { change in
            if change.object.isBeingDeleted { queue.add(change.object.key) }
        }
        // Content that takes its time (Pods with a grace period, finalizers) calls back when it has gone.
        let contents = content.map { context.informers.informer($0) }
        for informer in contents {
            informer.addHandler { change in
                let key = ObjectKey(name: change.object.namespace)
                if change.isDeletion, namespaces.lister.get(key)?.isBeingDeleted == true { queue.add(key) }
            }
        }
        return context.makeController(
            name, queue: queue, informers: [namespaces] + contents,
            reconciler: NamespaceReconciler(
                client: context.client(of: name), namespaces: namespaces.lister, clock: context.clock))
    }

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let namespace = namespaces.get(key), namespace.isBeingDeleted else { return .done }
        var remaining: [(resource: APIResource, count: Int)] = []
        for resource in Self.content {
            let count = try await empty(resource, in: key.name)
            if count > 0 { remaining.append((resource, count)) }
        }
        if remaining.isEmpty {
            try await finalize(namespace)
        } else {
            try await report(remaining, of: namespace)
        }
        return .done
    }

    /// Asks for the deletion of everything of one kind.
    /// - Returns: how many are still there.
    private func empty(_ resource: APIResource, in namespace: String) async throws(Status) -> Int {
        for object in try await client.list(resource, namespace: namespace).items where !object.isBeingDeleted {
            do {
                _ = try await client.delete(
                    resource, namespace: namespace, name: object.name,
                    DeleteOptions(preconditionUID: object.uid))
            } catch  where error.reason == .notFound || error.reason == .conflict {
                continue
            }
        }
        return try await client.list(resource, namespace: namespace).items.count
    }

    private func finalize(_ namespace: KubernetesObject) async throws(Status) {
        let finalizers = namespace.spec["finalizers"]?.array ?? []
        guard finalizers.contains("kubernetes") else { return }
        var finalized = namespace
        finalized.resourceVersion = ""
        finalized.spec["finalizers"] = .array(finalizers.filter { $0 != "kubernetes" })
        do {
            _ = try await client.update(.namespaces, finalized, subresource: .finalize)
        } catch  where error.reason == .notFound {
            return
        }
    }

    /// Says in the status what is still there (`NamespaceContentRemaining`).
    private func report(_ remaining: [(resource: APIResource, count: Int)], of namespace: KubernetesObject)
        async throws(Status)
    {
        let counts = remaining.map { "\($0.resource.qualifiedPlural). has \($0.count) resource instances" }
        var result = namespace
        let hasChanged = result.setCondition(
            Condition(
                "NamespaceContentRemaining", .yes, reason: "SomeResourcesRemain",
                message: "Some resources are remaining: \(counts.joined(separator: ", "))"), now: clock.timestamp)
        if hasChanged { _ = try await client.update(.namespaces, result, subresource: .status) }
    }
}
