public import KubernetesAPI

/// Brings the world closer to what one object asks for.
///
/// A reconcile is told a name and nothing else: not what happened, nor how often. It reads the present state, decides
/// and acts, so that a lost, doubled or late notice changes nothing (*level-based*). It must bear being called at any
/// time, again after a partial success, and for an object that has gone.
///
/// Where it cannot finish it throws; it is then called again after a back-off. Waiting for something that will change
/// an observed object needs no requeue: the change brings the key back.
public protocol Reconciler: Sendable {
    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult
}

public enum ReconcileResult: Sendable, Hashable {
    /// Nothing to do until something changes.
    case done
    /// Look again when so much time has passed, because time itself is an input.
    case requeue(after: Duration)
    /// Try again after a back-off, though nothing failed.
    case retry
}

/// A reconcile that threw.
public struct ReconcileFailure: Sendable {
    public let controller: String
    public let key: ObjectKey
    public let error: any Error
    /// How many times in a row it has failed, this time included.
    public let attempt: Int

    public init(controller: String, key: ObjectKey, error: any Error, attempt: Int) {
        self.controller = controller
        self.key = key
        self.error = error
        self.attempt = attempt
    }
}
