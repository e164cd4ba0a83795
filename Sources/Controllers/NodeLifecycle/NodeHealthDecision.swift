import Documents
import KubernetesAPI

/// What the node lifecycle controller sees of one node.
struct NodeObservation: Sendable {
    var node: KubernetesObject
    /// How long its kubelet has given no sign of life.
    var silence: Duration
    var gracePeriod: Duration
    var now: Timestamp
}

/// Whether a node is alive, and what that means for scheduling (`pkg/controller/nodelifecycle`).
struct NodeHealthDecision: Sendable, Equatable {
    /// The node with conditions turned to `Unknown`, where its kubelet fell silent.
    var newStatus: KubernetesObject?
    /// Its taints, where they must change.
    var newTaints: [Taint]?
    /// It was ready and is not any more.
    var lostReadiness = false
    /// Its Pods cannot be called ready: nobody looks after them.
    var isUnreachable = false
    /// When it counts as silent, if nothing is heard.
    var lookAgain: Duration?

    static let notReady = "node.kubernetes.io/not-ready"
    static let unreachable = "node.kubernetes.io/unreachable"
    static let unschedulable = "node.kubernetes.io/unschedulable"

    /// Conditions that only a living kubelet can judge.
    private static let kubeletConditions = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"]
    /// Conditions that keep new Pods away while they are true.
    private static let pressureTaints = [
        ("MemoryPressure", "node.kubernetes.io/memory-pressure"), ("DiskPressure", "node.kubernetes.io/disk-pressure"),
        ("PIDPressure", "node.kubernetes.io/pid-pressure"),
        ("NetworkUnavailable", "node.kubernetes.io/network-unavailable"),
    ]
    private static var managedKeys: Set<String> {
        Set(pressureTaints.map(\.1) + [notReady, unreachable, unschedulable])
    }

    static func decide(_ observed: NodeObservation) -> NodeHealthDecision {
        var decision = NodeHealthDecision()
        var node = observed.node
        if observed.silence >= observed.gracePeriod {
            for type in kubeletConditions {
                guard let present = node.condition(type) else {
                    node.setCondition(
                        Condition(
                            type, .unknown, reason: "NodeStatusNeverUpdated",
                            message: "Kubelet never posted node status."), now: observed.now)
                    continue
                }
                guard present.status != .unknown else { continue }
                node.setCondition(
                    Condition(
                        type, .unknown, reason: "NodeStatusUnknown",
                        message: "Kubelet stopped posting node status."), now: observed.now)
            }
            if node.status != observed.node.status { decision.newStatus = node }
        } else {
            decision.lookAgain = observed.gracePeriod - observed.silence
        }
        decision.lostReadiness =
            observed.node.isConditionTrue("Ready") && !node.isConditionTrue("Ready")
        decision.isUnreachable = node.condition("Ready")?.status == .unknown

        let present = Taint.of(observed.node)
        let wanted = taints(of: node, now: observed.now)
        let kept = present.filter { taint in
            !managedKeys.contains(taint.key) || wanted.contains { $0.isSame(as: taint) }
        }
        let added = wanted.filter { taint in !present.contains { $0.isSame(as: taint) } }
        if kept.count != present.count || !added.isEmpty { decision.newTaints = kept + added }
        return decision
    }

    private static func taints(of node: KubernetesObject, now: Timestamp) -> [Taint] {
        var taints: [Taint] = []
        switch node.condition("Ready")?.status {
        case .yes: break
        case .no: taints += [Taint(notReady, .noSchedule), Taint(notReady, .noExecute, timeAdded: now)]
        case .unknown: taints += [Taint(unreachable, .noSchedule), Taint(unreachable, .noExecute, timeAdded: now)]
        // Just registered: nothing may come before the kubelet has said that it is ready (KEP-382 does it in admission).
        case nil: taints.append(Taint(notReady, .noSchedule))
        }
        for (condition, key) in pressureTaints where node.isConditionTrue(condition) {
            taints.append(Taint(key, .noSchedule))
        }
        if node.spec["unschedulable"]?.bool == true { taints.append(Taint(unschedulable, .noSchedule)) }
        return taints
    }
}
