import KubernetesAPI

/// A reason why a Pod cannot be on a node (the *Filter* extension point of the scheduling framework).
protocol FilterPlugin: Sendable {
    /// As in the scheduler's configuration.
    static var name: String { get }
    /// What may make the answer change.
    static var helpedBy: Set<ClusterChange> { get }

    /// - Returns: why not, as kube-scheduler words it; empty if the Pod may be there.
    static func reasons(against node: SchedulableNode, for pod: SchedulablePod, in cluster: ClusterSnapshot) -> [String]
}

/// A change after which Pods that could not be placed may have a place.
enum ClusterChange: Sendable, Hashable {
    /// A node came, or its capacity, labels, taints or `unschedulable` changed.
    case node
    /// A Pod left a node, or ended there.
    case podFreed
    /// A Pod came to a node, or its labels changed.
    case podPlaced
}

/// The nodes as they are at one moment.
struct ClusterSnapshot: Sendable {
    /// By name.
    var nodes: [SchedulableNode]
    /// What Services select, for spreading Pods that nobody controls.
    var serviceSelectors: [(namespace: String, selector: LabelSelector)] = []
}
