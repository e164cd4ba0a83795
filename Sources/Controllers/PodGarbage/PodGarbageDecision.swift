import KubernetesAPI

/// Whether a Pod is left over, with nobody to clean it up (`pkg/controller/podgc`).
enum PodGarbageDecision: Sendable, Equatable {
    case keep
    /// Look again when it has been so for long enough.
    case keepFor(Duration)
    /// Delete without grace: no kubelet will ever confirm.
    case remove

    /// - Parameters:
    ///   - nodeExists: whether the node it is assigned to does.
    ///   - missingFor: for how long the node has been known to be missing.
    static func decide(pod: KubernetesObject, nodeExists: Bool, missingFor: Duration, quarantine: Duration)
        -> PodGarbageDecision
    {
        if PodView(pod).nodeName.isEmpty { return pod.isBeingDeleted ? .remove : .keep }
        if nodeExists { return .keep }
        return missingFor >= quarantine ? .remove : .keepFor(quarantine - missingFor)
    }

    /// The oldest of the terminated Pods that are more than `threshold`.
    static func surplus(ofTerminated pods: [KubernetesObject], threshold: Int) -> [KubernetesObject] {
        guard pods.count > threshold else { return [] }
        let oldestFirst = pods.sorted {
            ($0.creationTimestamp ?? "", $0.key) < ($1.creationTimestamp ?? "", $1.key)
        }
        return Array(oldestFirst.prefix(pods.count - threshold))
    }
}
