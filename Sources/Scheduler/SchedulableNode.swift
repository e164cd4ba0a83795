import Documents
import KubernetesAPI

/// A node with the Pods that are, or are about to be, on it.
struct SchedulableNode: Sendable {
    private(set) var object: KubernetesObject
    private(set) var labels: [String: String]
    private(set) var taints: [Taint]
    private(set) var allocatable: ResourceAmounts
    private(set) var pods: [String: SchedulablePod] = [:]
    private(set) var requested = ResourceAmounts()
    private(set) var scoringRequested = ResourceAmounts()

    var name: String { object.name }
    var isUnschedulable: Bool { object.spec["unschedulable"]?.bool ?? false }

    init(_ object: KubernetesObject) {
        self.object = object
        labels = object.labels
        taints = Taint.of(object)
        allocatable = Self.allocatable(of: object)
    }

    mutating func update(_ object: KubernetesObject) {
        self.object = object
        labels = object.labels
        taints = Taint.of(object)
        allocatable = Self.allocatable(of: object)
    }

    mutating func add(_ pod: SchedulablePod) {
        remove(uid: pod.uid)
        pods[pod.uid] = pod
        requested += pod.requests
        scoringRequested += pod.scoringRequests
    }

    mutating func remove(uid: String) {
        guard let pod = pods.removeValue(forKey: uid) else { return }
        requested -= pod.requests
        scoringRequested -= pod.scoringRequests
    }

    private static func allocatable(of object: KubernetesObject) -> ResourceAmounts {
        ResourceAmounts(document: object.status["allocatable"] ?? object.status["capacity"])
    }
}
