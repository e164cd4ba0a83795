import ControllerRuntime
import Documents
import KubernetesAPI

/// Carries a Deployment's template over to its Pods, ReplicaSet by ReplicaSet.
struct DeploymentReconciler: Reconciler {
    static let name = "deployment-controller"

    let client: any KubernetesClient
    let events: EventRecorder
    let deployments: Lister
    let replicaSets: Lister
    let pods: Lister
    let clock: any ControllerClock

    static func controller(_ context: ControllerContext) -> Controller {
        let deployments = context.informers.informer(.deployments)
        let replicaSets = context.informers.informer(.replicaSets, indexes: [.controllerUID, .orphans])
        let pods = context.informers.informer(.pods, indexes: [.controllerUID])
        let queue = context.makeQueue()
        deployments.addHandler { queue.add($0.object.key) }
        replicaSets.addHandler { change in
            if case .updated(let old, _) = change { enqueueOwner(of: old, in: deployments.lister, queue) }
            enqueueOwner(of: change.object, in: deployments.lister, queue)
        }
        // Only `Recreate` waits for Pods themselves, until the last old one is gone.
        pods.addHandler { change in
            guard let owner = change.object.controller, owner.kind == APIResource.replicaSets.kind,
                PodView(change.object).isTerminated || change.isDeletion,
                let set = replicaSets.lister.get(ObjectKey(namespace: change.object.namespace, name: owner.name)),
                let key = set.controller.map({ ObjectKey(namespace: set.namespace, name: $0.name) }),
                let deployment = deployments.lister.get(key), !DeploymentView(deployment).isRollingUpdate
            else { return }
            queue.add(key)
        }
        return context.makeController(
            name, queue: queue, informers: [deployments, replicaSets, pods],
            reconciler: DeploymentReconciler(
                client: context.client(of: name), events: context.events(of: name), deployments: deployments.lister,
                replicaSets: replicaSets.lister, pods: pods.lister, clock: context.clock))
    }

    private static func enqueueOwner(
        of set: KubernetesObject, in deployments: Lister, _ queue: WorkQueue<ObjectKey>
    ) {
        if let owner = set.controller {
            if owner.kind == APIResource.deployments.kind {
                queue.add(ObjectKey(namespace: set.namespace, name: owner.name))
            }
            return
        }
        for deployment in deployments.list(namespace: set.namespace) {
            let selector = DeploymentView(deployment).selector
            if !selector.requirements.isEmpty, selector.matches(set.labels) { queue.add(deployment.key) }
        }
    }

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let deployment = deployments.get(key) else { return .done }
        let candidates =
            replicaSets.list(by: .controllerUID, deployment.uid)
            + replicaSets.list(by: .orphans, deployment.namespace)
        let claim = ObjectClaim.decide(
            owner: deployment, selector: DeploymentView(deployment).selector, candidates: candidates)
        try await claim.carryOut(for: deployment, ownedBy: .deployments, of: .replicaSets, through: client)
        // What was adopted comes back through the watch, with its new resource version.
        guard claim.toAdopt.isEmpty else { return .done }

        var livePods: [String: Int] = [:]
        for set in claim.claimed {
            livePods[set.uid] = pods.list(by: .controllerUID, set.uid).count { !PodView($0).isTerminated }
        }
        let decision = DeploymentDecision.decide(
            DeploymentObservation(
                deployment: deployment, replicaSets: claim.claimed, livePods: livePods, now: clock.timestamp))
        for action in decision.actions { try await carryOut(action, for: deployment) }
        if let wait = decision.lookAgain { return .requeue(after: wait) }
        return .done
    }

    private func carryOut(_ action: DeploymentAction, for deployment: KubernetesObject) async throws(Status) {
        switch action {
        case .createReplicaSet(let set): try await create(set, for: deployment)
        case .updateReplicaSet(let set, let from, let to):
            _ = try await client.update(.replicaSets, set)
            if from != to { await recordScaling(of: set, from: from, to: to, about: deployment) }
        case .deleteReplicaSet(let set):
            try await client.deleteIfPresent(.replicaSets, set)
        case .updateStatus(let result):
            _ = try await client.update(.deployments, result, subresource: .status)
        }
    }

    private func create(_ set: KubernetesObject, for deployment: KubernetesObject) async throws(Status) {
        do {
            let created = try await client.create(.replicaSets, set)
            let size = ReplicaSetView(created).desiredReplicas
            if size > 0 { await recordScaling(of: created, from: 0, to: size, about: deployment) }
        } catch  where error.reason == .alreadyExists {
            let live = try await client.get(.replicaSets, namespace: set.namespace, name: set.name)
            if live.controller?.uid == deployment.uid,
                DeploymentDecision.template(of: ReplicaSetView(live)) == DeploymentView(deployment).template
            {
                // Ours: the cache had not seen it yet.
                return
            }
            // Another template with the same hash: count the collision, so that the next name differs.
            var collided = deployment
            collided.status["collisionCount"] = .integer(DeploymentView(deployment).status("collisionCount") + 1)
            _ = try await client.update(.deployments, collided, subresource: .status)
            throw error
        }
    }

    private func recordScaling(
        of set: KubernetesObject, from: Int, to: Int, about deployment: KubernetesObject
    ) async {
        events.normal(
            deployment, "ScalingReplicaSet",
            "Scaled \(to > from ? "up" : "down") replica set \(set.name) from \(from) to \(to)")
    }
}
