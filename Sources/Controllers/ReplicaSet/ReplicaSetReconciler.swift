import ControllerRuntime
import Documents
import KubernetesAPI

/// Keeps as many Pods as a ReplicaSet asks for.
struct ReplicaSetReconciler: Reconciler {
    static let name = "replicaset-controller"

    let client: any KubernetesClient
    let events: EventRecorder
    let replicaSets: Lister
    let pods: Lister
    let expectations: Expectations
    let clock: any ControllerClock
    let burst: Int

    static func controller(_ context: ControllerContext) -> Controller {
        let replicaSets = context.informers.informer(.replicaSets, indexes: [.controllerUID])
        let pods = context.informers.informer(.pods, indexes: [.controllerUID, .orphans])
        let queue = context.makeQueue()
        let expectations = Expectations(clock: context.clock)
        replicaSets.addHandler { change in
            if case .deleted(let object) = change { expectations.forget(object.key) }
            queue.add(change.object.key)
        }
        let route = PodRoute(replicaSets: replicaSets.lister, expectations: expectations, queue: queue)
        pods.addHandler { route.handle($0) }
        let client = context.client(of: name)
        return context.makeController(
            name, queue: queue, informers: [replicaSets, pods],
            reconciler: ReplicaSetReconciler(
                client: client, events: context.events(of: name), replicaSets: replicaSets.lister, pods: pods.lister,
                expectations: expectations, clock: context.clock, burst: context.timing.replicaSetBurst))
    }

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let replicaSet = replicaSets.get(key) else {
            expectations.forget(key)
            return .done
        }
        let isCacheCurrent = expectations.isFulfilled(key)
        let view = ReplicaSetView(replicaSet)
        let candidates =
            pods.list(by: .controllerUID, replicaSet.uid) + pods.list(by: .orphans, replicaSet.namespace)
        let claim = ObjectClaim.decide(
            owner: replicaSet, selector: view.selector, candidates: candidates.filter { !PodView($0).isTerminated })
        try await claim.carryOut(for: replicaSet, ownedBy: .replicaSets, of: .pods, through: client)

        let observed = ReplicaSetObservation(
            replicaSet: replicaSet, pods: claim.claimed, siblings: siblingPods(of: replicaSet),
            isCacheCurrent: isCacheCurrent, now: clock.timestamp, burst: burst)
        var failure: (condition: Condition, error: Status)?
        for action in ReplicaSetDecision.decide(observed) {
            switch action {
            case .createPods(let count): failure = await create(count, for: replicaSet)
            case .deletePods(let surplus): failure = await delete(surplus, of: replicaSet)
            }
        }
        let result = ReplicaSetDecision.withStatus(observed, failure: failure?.condition)
        if result.status != replicaSet.status {
            _ = try await client.update(.replicaSets, result, subresource: .status)
        }
        if let failure { throw failure.error }
        if let wait = ReplicaSetDecision.untilNextAvailable(observed) { return .requeue(after: wait) }
        return .done
    }

    private func siblingPods(of replicaSet: KubernetesObject) -> [KubernetesObject] {
        guard let owner = replicaSet.controller else { return [] }
        return replicaSets.list(by: .controllerUID, owner.uid).filter { $0.uid != replicaSet.uid }
            .flatMap { pods.list(by: .controllerUID, $0.uid) }
    }

    /// Creates in batches of 1, 2, 4, … so that a template the server refuses costs one failed request, not hundreds.
    private func create(_ count: Int, for replicaSet: KubernetesObject) async -> (Condition, Status)? {
        let key = replicaSet.key
        let pod = ReplicaSetDecision.makePod(for: replicaSet)
        expectations.expect(key, creations: count)
        var remaining = count
        var batch = 1
        while remaining > 0 {
            let size = min(batch, remaining)
            let outcomes = await withTaskGroup(of: Result<KubernetesObject, Status>.self) { group in
                for _ in 0..<size {
                    group.addTask {
                        do throws(Status) {
                            return .success(try await client.create(.pods, pod))
                        } catch {
                            return .failure(error)
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            remaining -= size
            var failure: Status?
            for outcome in outcomes {
                switch outcome {
                case .success(let created):
                    events.normal(replicaSet, "SuccessfulCreate", "Created pod: \(created.name)")
                case .failure(let status):
                    failure = status
                    expectations.observedCreation(key)
                }
            }
            if let failure {
                expectations.observedCreation(key, count: remaining)
                events.warning(replicaSet, "FailedCreate", "Error creating: \(failure.message)")
                return (Condition("ReplicaFailure", .yes, reason: "FailedCreate", message: failure.message), failure)
            }
            batch *= 2
        }
        return nil
    }

    private func delete(_ surplus: [KubernetesObject], of replicaSet: KubernetesObject) async -> (Condition, Status)? {
        let key = replicaSet.key
        expectations.expect(key, deletionsOf: surplus.map(\.uid))
        var failure: Status?
        for pod in surplus {
            do throws(Status) {
                _ = try await client.delete(
                    .pods, namespace: pod.namespace, name: pod.name, DeleteOptions(preconditionUID: pod.uid))
                events.normal(replicaSet, "SuccessfulDelete", "Deleted pod: \(pod.name)")
            } catch {
                expectations.observedDeletion(key, uid: pod.uid)
                if error.reason == .notFound { continue }
                failure = error
                events.warning(replicaSet, "FailedDelete", "Error deleting: \(error.message)")
            }
        }
        return failure.map {
            (Condition("ReplicaFailure", .yes, reason: "FailedDelete", message: $0.message), $0)
        }
    }
}
