import Documents
import KubernetesAPI

/// What becomes of a Pod on a node with `NoExecute` taints (`pkg/controller/tainteviction`).
enum TaintEvictionDecision: Sendable, Equatable {
    case stay
    case stayFor(Duration)
    case evict

    static func decide(pod: KubernetesObject, taints: [Taint], now: Timestamp) -> TaintEvictionDecision {
        guard !pod.isBeingDeleted, !PodView(pod).isTerminated else { return .stay }
        let tolerations = PodView(pod).tolerations.map(Toleration.init)
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
