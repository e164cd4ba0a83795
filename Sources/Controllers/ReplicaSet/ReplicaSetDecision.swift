import Documents
import KubernetesAPI

/// What a ReplicaSet's controller sees.
struct ReplicaSetObservation: Sendable {
    var replicaSet: KubernetesObject
    /// Its Pods, without those that have ended.
    var pods: [KubernetesObject]
    /// Pods of the other ReplicaSets of the same owner, for choosing whom to delete.
    var siblings: [KubernetesObject] = []
    /// The cache has caught up with what was asked for before.
    var isCacheCurrent = true
    var now: Timestamp
    var burst = 500
}

enum ReplicaSetAction: Sendable, Equatable {
    case createPods(Int)
    case deletePods([KubernetesObject])
}

enum ReplicaSetDecision {
    /// Pods to make or to give up, so that as many are active as are wanted.
    static func decide(_ observed: ReplicaSetObservation) -> [ReplicaSetAction] {
        let view = ReplicaSetView(observed.replicaSet)
        guard observed.isCacheCurrent, !observed.replicaSet.isBeingDeleted else { return [] }
        let active = observed.pods.filter { PodView($0).isActive }
        let surplus = active.count - view.desiredReplicas
        if surplus < 0 { return [.createPods(min(-surplus, observed.burst))] }
        if surplus > 0 {
            let related = active + observed.siblings.filter { PodView($0).isActive }
            let order = PodDeletionOrder.sorted(active, related: related, now: observed.now)
            return [.deletePods(Array(order.prefix(min(surplus, observed.burst))))]
        }
        return []
    }

    /// The Pod that the template asks for, without a name of its own: the server finishes `generateName`.
    static func makePod(for replicaSet: KubernetesObject) -> KubernetesObject {
        let template = ReplicaSetView(replicaSet).template
        var pod = KubernetesObject([
            "apiVersion": .string(APIResource.pods.apiVersion), "kind": .string(APIResource.pods.kind),
        ])
        for member in ["labels", "annotations", "finalizers"] {
            pod.metadata[member] = template.at("metadata", member)
        }
        pod.metadata["generateName"] = .string("\(replicaSet.name)-")
        pod.namespace = replicaSet.namespace
        pod.ownerReferences = [OwnerReference(controller: replicaSet)]
        pod.spec = template["spec"] ?? [:]
        return pod
    }

    /// The ReplicaSet with the status that its Pods give it.
    /// - Parameter failure: why Pods could not be made or deleted, if so.
    static func withStatus(_ observed: ReplicaSetObservation, failure: Condition?) -> KubernetesObject {
        let view = ReplicaSetView(observed.replicaSet)
        let active = observed.pods.map(PodView.init).filter(\.isActive)
        let templateLabels = LabelSelector(
            matchLabels: KubernetesObject(view.template).labels)
        let counts: [(String, Int)] = [
            ("replicas", active.count),
            ("fullyLabeledReplicas", active.count { templateLabels.matches($0.object.labels) }),
            ("readyReplicas", active.count { $0.isReady }),
            (
                "availableReplicas",
                active.count { $0.isAvailable(minReadySeconds: view.minReadySeconds, now: observed.now) }
            ),
            ("observedGeneration", observed.replicaSet.generation),
        ]
        var result = observed.replicaSet
        for (member, count) in counts {
            // Go omits zero counts from JSON, except `replicas`; a learner who looks sees the same here.
            result.status[member] = count == 0 && member != "replicas" ? nil : .integer(count)
        }
        if let failure {
            result.setCondition(failure, now: observed.now)
        } else if result.condition("ReplicaFailure") != nil {
            result.removeCondition("ReplicaFailure")
            if result.document.at("status", "conditions")?.array?.isEmpty == true { result.status["conditions"] = nil }
        }
        return result
    }

    /// How long until the next of the ready Pods becomes available by `minReadySeconds`; nil if none will.
    static func untilNextAvailable(_ observed: ReplicaSetObservation) -> Duration? {
        let seconds = ReplicaSetView(observed.replicaSet).minReadySeconds
        guard seconds > 0 else { return nil }
        return observed.pods.compactMap { object -> Duration? in
            let pod = PodView(object)
            guard pod.isActive, pod.isReady, let since = pod.readyTransition else { return nil }
            let remaining = since + .seconds(seconds) - observed.now
            return remaining > .zero ? remaining : nil
        }.min()
    }
}
