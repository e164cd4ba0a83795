/// How long controllers wait for things, for the whole cluster.
///
/// A learner watches what happens, so the spans are shorter than those of a data centre. The values of Kubernetes stand
/// beside ours; the mechanisms are the same.
public struct ControllerTiming: Sendable, Hashable {
    /// A node whose Lease was last renewed longer ago is taken for dead. Kubernetes: 50 s
    /// (`--node-monitor-grace-period`; kubelets renew every 10 s). Here kubelets renew every second.
    public var nodeMonitorGracePeriod: Duration = .seconds(4)

    /// How long a Pod that says nothing itself tolerates that its node is not ready or unreachable, before it is
    /// deleted: the API server writes it into every Pod when it is created, so it has to be told. Kubernetes: 300 s
    /// (`--default-not-ready-toleration-seconds`, `--default-unreachable-toleration-seconds`).
    public var defaultTolerationOfLostNode: Duration = .seconds(5)

    /// How long a Pod may stand assigned to a node that does not exist before it is deleted. Kubernetes: 40 s
    /// (`quarantineTime` of the pod garbage collector).
    public var missingNodeQuarantine: Duration = .seconds(2)

    /// After how many terminated Pods in the cluster the oldest are deleted. Kubernetes: 12500
    /// (`--terminated-pod-gc-threshold`).
    public var terminatedPodThreshold = 500

    /// At most so many Pods are created or deleted by one reconcile of a ReplicaSet. Kubernetes: 500 (`BurstReplicas`).
    public var replicaSetBurst = 500

    /// How many reconciles of one controller may run at the same time. Kubernetes: 5 (`--concurrent-deployment-syncs`, …).
    public var workers = 2

    public init() {}
}
