import KubernetesAPI

/// `spec.nodeName` names a node.
enum NodeNameFilter: FilterPlugin {
    static let name = "NodeName"
    static let helpedBy: Set<ClusterChange> = [.node]

    static func reasons(against node: SchedulableNode, for pod: SchedulablePod, in cluster: ClusterSnapshot) -> [String]
    {
        pod.nodeName.isEmpty || pod.nodeName == node.name ? [] : ["node(s) didn't match the requested node name"]
    }
}

/// The node is cordoned.
enum NodeUnschedulableFilter: FilterPlugin {
    static let name = "NodeUnschedulable"
    static let helpedBy: Set<ClusterChange> = [.node]

    static func reasons(against node: SchedulableNode, for pod: SchedulablePod, in cluster: ClusterSnapshot) -> [String]
    {
        guard node.isUnschedulable else { return [] }
        let taint = Taint("node.kubernetes.io/unschedulable", .noSchedule)
        return pod.tolerations.contains { $0.tolerates(taint) } ? [] : ["node(s) were unschedulable"]
    }
}

/// The node has a taint that the Pod does not tolerate.
enum TaintTolerationFilter: FilterPlugin {
    static let name = "TaintToleration"
    static let helpedBy: Set<ClusterChange> = [.node]

    static func reasons(against node: SchedulableNode, for pod: SchedulablePod, in cluster: ClusterSnapshot) -> [String]
    {
        let untolerated = node.taints.first { taint in
            taint.effect != .preferNoSchedule && !pod.tolerations.contains { $0.tolerates(taint) }
        }
        return untolerated.map { ["node(s) had untolerated taint {\($0.key): \($0.value)}"] } ?? []
    }
}

/// `nodeSelector` and the required part of `nodeAffinity`.
enum NodeAffinityFilter: FilterPlugin {
    static let name = "NodeAffinity"
    static let helpedBy: Set<ClusterChange> = [.node]

    static func reasons(against node: SchedulableNode, for pod: SchedulablePod, in cluster: ClusterSnapshot) -> [String]
    {
        NodeAffinity.isMet(by: node, for: pod) ? [] : ["node(s) didn't match Pod's node affinity/selector"]
    }
}

/// The node has enough left of everything the Pod asks for.
enum NodeResourcesFitFilter: FilterPlugin {
    static let name = "NodeResourcesFit"
    static let helpedBy: Set<ClusterChange> = [.node, .podFreed]

    static func reasons(against node: SchedulableNode, for pod: SchedulablePod, in cluster: ClusterSnapshot) -> [String]
    {
        var reasons: [String] = []
        if node.requested[ResourceAmounts.pods] + 1 > node.allocatable[ResourceAmounts.pods] {
            reasons.append("Too many pods")
        }
        for (resource, amount) in pod.requests.amounts.sorted(by: { $0.key < $1.key })
        where resource != ResourceAmounts.pods && amount > 0 {
            if amount > node.allocatable[resource] - node.requested[resource] {
                reasons.append("Insufficient \(resource)")
            }
        }
        return reasons
    }
}

/// No other Pod on the node has taken the host ports.
enum NodePortsFilter: FilterPlugin {
    static let name = "NodePorts"
    static let helpedBy: Set<ClusterChange> = [.node, .podFreed]

    static func reasons(against node: SchedulableNode, for pod: SchedulablePod, in cluster: ClusterSnapshot) -> [String]
    {
        guard !pod.hostPorts.isEmpty else { return [] }
        let isTaken = node.pods.values.contains { other in
            other.hostPorts.contains { taken in pod.hostPorts.contains { $0.conflicts(with: taken) } }
        }
        return isTaken ? ["node(s) didn't have free ports for the requested pod ports"] : []
    }
}
