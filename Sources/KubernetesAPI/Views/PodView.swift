public import Documents

/// A Pod's document, read.
public struct PodView: Sendable, Hashable {
    public var object: KubernetesObject

    public init(_ object: KubernetesObject) {
        self.object = object
    }

    public var name: String { object.name }
    public var namespace: String { object.namespace }

    /// `Pending` where none is written yet.
    public var phase: String { object.document.at("status", "phase")?.string ?? "Pending" }
    /// Empty until the Pod is scheduled.
    public var nodeName: String { object.document.at("spec", "nodeName")?.string ?? "" }
    /// Empty until the Pod has an address.
    public var address: String { object.document.at("status", "podIP")?.string ?? "" }
    public var containers: [JSONValue] { object.document.at("spec", "containers")?.array ?? [] }
    public var initContainers: [JSONValue] { object.document.at("spec", "initContainers")?.array ?? [] }
    public var tolerations: [JSONValue] { object.document.at("spec", "tolerations")?.array ?? [] }

    /// Its containers have ended for good: phase `Succeeded` or `Failed`.
    public var isTerminated: Bool { phase == "Succeeded" || phase == "Failed" }
    /// Neither ended nor being deleted: what a ReplicaSet counts.
    public var isActive: Bool { !isTerminated && !object.isBeingDeleted }
    public var isReady: Bool { object.isConditionTrue("Ready") }
    /// Since when it is what its `Ready` condition says.
    public var readyTransition: Timestamp? { object.transitionTime(of: "Ready") }

    /// Ready for at least `minReadySeconds`, and so counted as available.
    public func isAvailable(minReadySeconds: Int, now: Timestamp) -> Bool {
        guard isReady else { return false }
        guard minReadySeconds > 0 else { return true }
        guard let since = readyTransition else { return false }
        return now - since >= .seconds(minReadySeconds)
    }

    /// Restarts of all its containers together.
    public var restartCount: Int {
        (object.document.at("status", "containerStatuses")?.array ?? []).reduce(0) {
            $0 + ($1["restartCount"]?.int ?? 0)
        }
    }
}
