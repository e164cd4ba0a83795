import ControllerRuntime
import Documents
import KubernetesAPI

/// Deletes what has lost its owners, and lets owners go that wait for their dependents. One for each kind of object.
struct GarbageCollectorReconciler: Reconciler {
    static let name = "generic-garbage-collector"
    /// Events and Leases are left out: they come and go often, and nothing owns through them.
    static let collected = APIResource.all.filter { $0 != .events && $0 != .leases }

    let client: any KubernetesClient
    let graph: OwnershipGraph
    let resource: APIResource
    let lister: Lister

    static func controllers(_ context: ControllerContext) -> [Controller] {
        let graph = OwnershipGraph(context)
        let informers = graph.kinds.map(\.informer)
        return graph.kinds.map { kind in
            kind.informer.addHandler { graph.route($0, of: kind) }
            return context.makeController(
                name, queue: kind.queue, informers: informers, workers: 1,
                reconciler: GarbageCollectorReconciler(
                    client: context.client(of: name), graph: graph, resource: kind.resource,
                    lister: kind.informer.lister))
        }
    }

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let cached = lister.get(key) else { return .done }
        let dependents = graph.dependents(of: cached.uid).map(\.object)
        let quick = GarbageObservation(
            object: cached, owners: try await states(of: cached), dependents: dependents)
        guard !GarbageDecision.decide(quick).isEmpty else { return .done }

        // Deleting is final, so that it is decided on the live object, not on what the cache remembers.
        guard let live = try await client.getIfPresent(resource, key), live.uid == cached.uid else { return .done }
        let observed = GarbageObservation(object: live, owners: try await states(of: live), dependents: dependents)
        for action in GarbageDecision.decide(observed) { try await carryOut(action, on: live) }
        return .done
    }

    private func states(of object: KubernetesObject) async throws(Status) -> [OwnerState] {
        var states: [OwnerState] = []
        for owner in object.ownerReferences { states.append(try await state(of: owner, dependent: object)) }
        return states
    }

    private func state(of owner: OwnerReference, dependent: KubernetesObject) async throws(Status) -> OwnerState {
        // What we cannot look up is none of our business.
        guard let kind = graph.kind(apiVersion: owner.apiVersion, kind: owner.kind) else { return .present }
        let key = graph.key(of: owner, kind: kind, dependent: dependent)
        if let cached = kind.informer.lister.get(key), cached.uid == owner.uid {
            return GarbageDecision.isWaitingForDependents(cached) ? .waitingForDependents : .present
        }
        // The cache may be behind: a dependent is often heard of before its owner.
        guard let live = try await client.getIfPresent(kind.resource, key), live.uid == owner.uid else {
            return .absent
        }
        return GarbageDecision.isWaitingForDependents(live) ? .waitingForDependents : .present
    }

    private func carryOut(_ action: GarbageAction, on object: KubernetesObject) async throws(Status) {
        do {
            switch action {
            case .delete(let propagation):
                try await client.deleteIfPresent(resource, object, propagation: propagation)
            case .removeOwnerReferences(let uids):
                var changed = object
                changed.ownerReferences.removeAll { uids.contains($0.uid) }
                _ = try await client.update(resource, changed)
            case .orphanDependents:
                for (kind, dependent) in graph.dependents(of: object.uid) {
                    var changed = dependent
                    changed.ownerReferences.removeAll { $0.uid == object.uid }
                    _ = try await client.update(kind.resource, changed)
                }
                try await remove(finalizer: GarbageDecision.orphanFinalizer, from: object)
            case .finishForegroundDeletion:
                try await remove(finalizer: GarbageDecision.foregroundFinalizer, from: object)
            }
        } catch  where error.reason == .notFound {
            return
        }
    }

    private func remove(finalizer: String, from object: KubernetesObject) async throws(Status) {
        var changed = object
        changed.finalizers.removeAll { $0 == finalizer }
        _ = try await client.update(resource, changed)
    }
}
