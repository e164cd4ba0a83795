import KubernetesAPI

/// Where a Pod goes, or why it cannot go anywhere.
enum SchedulingDecision: Sendable, Equatable {
    case place(node: String)
    /// `FailedScheduling`'s message, and what may help.
    case unschedulable(message: String, helpedBy: Set<ClusterChange>)

    static let filters: [any FilterPlugin.Type] = [
        NodeUnschedulableFilter.self, NodeNameFilter.self, TaintTolerationFilter.self, NodeAffinityFilter.self,
        NodePortsFilter.self, NodeResourcesFitFilter.self, TopologySpreadFilter.self, InterPodAffinityFilter.self,
    ]
    static let scorers: [any ScorePlugin.Type] = [
        TaintTolerationScore.self, NodeAffinityScore.self, SpreadScore.self, LeastAllocatedScore.self,
        BalancedAllocationScore.self,
    ]

    /// - Parameter seed: decides between nodes that are equally good, by the Pod's name, so that the order in which
    ///   Pods come does not matter.
    static func decide(_ pod: SchedulablePod, in cluster: ClusterSnapshot, seed: UInt64) -> SchedulingDecision {
        guard !cluster.nodes.isEmpty else {
            return .unschedulable(message: "no nodes available to schedule pods", helpedBy: [.node])
        }
        var counts: [String: Int] = [:]
        var helpedBy: Set<ClusterChange> = []
        let feasible = cluster.nodes.filter { node in
            // As in kube-scheduler the first filter that refuses a node speaks for it.
            for filter in filters {
                let reasons = filter.reasons(against: node, for: pod, in: cluster)
                guard !reasons.isEmpty else { continue }
                for reason in reasons { counts[reason, default: 0] += 1 }
                helpedBy.formUnion(filter.helpedBy)
                return false
            }
            return true
        }
        guard !feasible.isEmpty else {
            let reasons = counts.map { "\($0.value) \($0.key)" }.sorted().joined(separator: ", ")
            return .unschedulable(
                message: "0/\(cluster.nodes.count) nodes are available: \(reasons).", helpedBy: helpedBy)
        }
        return .place(node: best(of: feasible, for: pod, in: cluster, seed: seed))
    }

    private static func best(
        of nodes: [SchedulableNode], for pod: SchedulablePod, in cluster: ClusterSnapshot, seed: UInt64
    ) -> String {
        guard nodes.count > 1 else { return nodes[0].name }
        var totals = nodes.map { _ in 0 }
        for scorer in scorers {
            for (index, score) in scorer.scores(of: nodes, for: pod, in: cluster).enumerated() {
                totals[index] += score * scorer.weight
            }
        }
        let highest = totals.max() ?? 0
        let equals = nodes.indices.filter { totals[$0] == highest }.map { nodes[$0].name }
        return equals[Int(hash(pod.key.description, seed: seed) % UInt64(equals.count))]
    }

    /// FNV-1a, mixed with the seed.
    private static func hash(_ text: String, seed: UInt64) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ seed
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash ^= hash >> 33
        hash = hash &* 0xff51_afd7_ed55_8ccd
        return hash ^ (hash >> 33)
    }
}
