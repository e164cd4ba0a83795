import ControllerRuntime
import Documents
import KubernetesAPI

/// Keeps the EndpointSlices of every Service that selects Pods.
struct EndpointSliceReconciler: Reconciler {
    static let name = "endpointslice-controller"

    let client: any KubernetesClient
    let events: EventRecorder
    let services: Lister
    let pods: Lister
    let slices: Lister
    let expectations: Expectations

    static func controller(_ context: ControllerContext) -> Controller {
        let services = context.informers.informer(.services)
        let pods = context.informers.informer(.pods)
        let slices = context.informers.informer(.endpointSlices, indexes: [.serviceOfSlice])
        let queue = context.makeQueue()
        let expectations = Expectations(clock: context.clock)
        services.addHandler { queue.add($0.object.key) }
        pods.addHandler { change in
            var labels = [change.object.labels]
            if case .updated(let old, let new) = change {
                guard concernsEndpoints(old, new) else { return }
                if old.labels != new.labels { labels.append(old.labels) }
            }
            for service in services.lister.list(namespace: change.object.namespace) {
                guard let selector = selector(of: service) else { continue }
                if labels.contains(where: selector.matches) { queue.add(service.key) }
            }
        }
        slices.addHandler { change in
            guard let service = change.object.labels[EndpointSliceDecision.serviceNameLabel],
                change.object.labels[EndpointSliceDecision.managedByLabel] == EndpointSliceDecision.managedBy
            else { return }
            let key = ObjectKey(namespace: change.object.namespace, name: service)
            switch change {
            case .added: expectations.observedCreation(key)
            case .updated: break
            case .deleted(let slice): expectations.observedDeletion(key, uid: slice.uid)
            }
            queue.add(key)
        }
        return context.makeController(
            name, queue: queue, informers: [services, pods, slices],
            reconciler: EndpointSliceReconciler(
                client: context.client(of: name), events: context.events(of: name), services: services.lister,
                pods: pods.lister, slices: slices.lister, expectations: expectations))
    }

    /// Nil for a Service whose endpoints somebody else provides.
    static func selector(of service: KubernetesObject) -> LabelSelector? {
        guard service.spec["type"]?.string != "ExternalName", let map = service.spec["selector"]?.object, !map.isEmpty
        else { return nil }
        return LabelSelector(document: ["matchLabels": .object(map)])
    }

    private static func concernsEndpoints(_ old: KubernetesObject, _ new: KubernetesObject) -> Bool {
        let (oldPod, newPod) = (PodView(old), PodView(new))
        return oldPod.address != newPod.address || oldPod.isReady != newPod.isReady || oldPod.phase != newPod.phase
            || oldPod.nodeName != newPod.nodeName || old.isBeingDeleted != new.isBeingDeleted
            || old.labels != new.labels || old.uid != new.uid
    }

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let service = services.get(key), !service.isBeingDeleted else {
            // The slices go with their owner.
            expectations.forget(key)
            return .done
        }
        guard let selector = Self.selector(of: service), expectations.isFulfilled(key) else { return .done }
        let observed = EndpointSliceObservation(
            service: service, pods: pods.list(namespace: key.namespace, matching: selector),
            slices: slices.list(by: .serviceOfSlice, key.description).filter {
                $0.labels[EndpointSliceDecision.managedByLabel] == EndpointSliceDecision.managedBy
                    && $0.controller.map { $0.uid == service.uid } ?? true
            })
        let actions = EndpointSliceDecision.decide(observed)
        guard !actions.isEmpty else { return .done }
        var creations = 0
        var deletions: [String] = []
        for action in actions {
            switch action {
            case .create: creations += 1
            case .update: break
            case .delete(let slice): deletions.append(slice.uid)
            }
        }
        expectations.expect(key, creations: creations, deletionsOf: deletions)
        do throws(Status) {
            for action in actions { try await carryOut(action) }
        } catch {
            expectations.forget(key)
            if error.reason != .conflict {
                events.warning(
                    service, "FailedToUpdateEndpointSlices",
                    "Error updating Endpoint Slices for Service \(key): \(error.message)")
            }
            throw error
        }
        return .done
    }

    private func carryOut(_ action: EndpointSliceAction) async throws(Status) {
        switch action {
        case .create(let slice): _ = try await client.create(.endpointSlices, slice)
        case .update(let slice): _ = try await client.update(.endpointSlices, slice)
        case .delete(let slice): try await client.deleteIfPresent(.endpointSlices, slice)
        }
    }
}

extension ObjectIndex {
    /// EndpointSlices by the key of the Service they are for.
    static let serviceOfSlice = ObjectIndex("serviceOfSlice") { slice in
        slice.labels[EndpointSliceDecision.serviceNameLabel].map { ["\(slice.namespace)/\($0)"] } ?? []
    }
}
