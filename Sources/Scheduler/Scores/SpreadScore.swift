import KubernetesAPI

/// Prefers nodes with fewer Pods of the same kind: the same controller's, or, of Pods that nobody controls, those that
/// the same Services select (`PodTopologySpread` with its default constraints).
enum SpreadScore: ScorePlugin {
    static let name = "PodTopologySpread"
    static let weight = 2

    static func scores(of nodes: [SchedulableNode], for pod: SchedulablePod, in cluster: ClusterSnapshot) -> [Int] {
        let isKindred = kinship(of: pod, in: cluster)
        guard let isKindred else { return nodes.map { _ in 100 } }
        let counts = nodes.map { $0.pods.values.count(where: isKindred) }
        return normalised(counts, reversed: true)
    }

    private static func kinship(of pod: SchedulablePod, in cluster: ClusterSnapshot) -> ((SchedulablePod) -> Bool)? {
        let namespace = pod.object.namespace
        if let controller = pod.controllerUID {
            return { $0.controllerUID == controller && !$0.object.isBeingDeleted }
        }
        let selectors = cluster.serviceSelectors.filter {
            $0.namespace == namespace && $0.selector.matches(pod.labels)
        }.map(\.selector)
        guard !selectors.isEmpty else { return nil }
        return { other in
            other.object.namespace == namespace && !other.object.isBeingDeleted
                && selectors.allSatisfy { $0.matches(other.labels) }
        }
    }
}
