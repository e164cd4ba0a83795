import KubernetesAPI

/// Prefers nodes with fewer `PreferNoSchedule` taints that the Pod does not tolerate.
enum TaintTolerationScore: ScorePlugin {
    static let name = "TaintToleration"
    static let weight = 3

    static func scores(of nodes: [SchedulableNode], for pod: SchedulablePod, in cluster: ClusterSnapshot) -> [Int] {
        let counts = nodes.map { node in
            node.taints.count { taint in
                taint.effect == .preferNoSchedule && !pod.tolerations.contains { $0.tolerates(taint) }
            }
        }
        return normalised(counts, reversed: true)
    }
}

/// Prefers nodes by the preferred part of `nodeAffinity`.
enum NodeAffinityScore: ScorePlugin {
    static let name = "NodeAffinity"
    static let weight = 2

    static func scores(of nodes: [SchedulableNode], for pod: SchedulablePod, in cluster: ClusterSnapshot) -> [Int] {
        normalised(nodes.map { NodeAffinity.preference(for: $0, of: pod) })
    }
}
