import Documents
import KubernetesAPI

/// What becomes of a Pod on a node with `NoExecute` taints (`pkg/controller/tainteviction`).
enum TaintEvictionDecision: Sendable, Equatable {
    case stay
    case stayFor(Duration)
    case evict

    /// - Parameter defaultToleration: of a node that is not ready or unreachable, for Pods that say nothing about it
    ///   (in Kubernetes the admission plugin `DefaultTolerationSeconds` writes this into every Pod).
    static func decide(
        pod: KubernetesObject, taints: [Taint], defaultToleration: Duration, now: Timestamp
    ) -> TaintEvictionDecision {
        guard !pod.isBeingDeleted, !PodView(pod).isTerminated else { return .stay }
        var tolerations = PodView(pod).tolerations.map(Toleration.init)
        for key in [NodeHealthDecision.notReady, NodeHealthDecision.unreachable]
        where !tolerations.contains(where: { $0.tolerates(Taint(key, .noExecute)) }) {
            tolerations.append(Toleration(existenceOf: key, .noExecute, limit: defaultToleration))
        }
        let created = pod.creationTimestamp.flatMap(Timestamp.init)
        var shortest: Duration?
        for taint in taints where taint.effect == .noExecute {
            guard let toleration = tolerations.first(where: { $0.tolerates(taint) }) else { return .evict }
            guard let limit = toleration.limit else { continue }
            let start = [taint.timeAdded, created].compactMap(\.self).max() ?? now
            let remaining = start + limit - now
            if remaining <= .zero { return .evict }
            shortest = min(shortest ?? remaining, remaining)
        }
        return shortest.map { .stayFor($0) } ?? .stay
    }
}
