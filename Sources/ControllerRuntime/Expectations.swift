public import KubernetesAPI
import Synchronization

/// What a controller has asked for and not yet seen in its cache (kube-controller-manager's
/// `UIDTrackingControllerExpectations`). Until it is fulfilled, counting the cache would create or delete twice.
public final class Expectations: Sendable {
    private struct Entry {
        var creations: Int
        var deletions: Set<String>
        let since: Duration
    }

    private let clock: any ControllerClock
    private let timeout: Duration
    private let entries = Mutex<[ObjectKey: Entry]>([:])

    /// - Parameter timeout: after which an expectation is given up, so that a lost notice does not stop the controller
    ///   for ever (5 minutes as in Kubernetes).
    public init(clock: any ControllerClock, timeout: Duration = .seconds(300)) {
        self.clock = clock
        self.timeout = timeout
    }

    /// To be called before the requests go out.
    public func expect(_ key: ObjectKey, creations: Int = 0, deletionsOf uids: [String] = []) {
        entries.withLock { $0[key] = Entry(creations: creations, deletions: Set(uids), since: clock.now) }
    }

    /// A dependent was seen for the first time, or its creation failed.
    public func observedCreation(_ key: ObjectKey, count: Int = 1) {
        entries.withLock { $0[key]?.creations -= count }
    }

    /// A dependent was seen to be deleted or marked for deletion, or its deletion failed.
    public func observedDeletion(_ key: ObjectKey, uid: String) {
        entries.withLock { _ = $0[key]?.deletions.remove(uid) }
    }

    /// Everything expected has been seen, or has been waited for too long.
    public func isFulfilled(_ key: ObjectKey) -> Bool {
        let now = clock.now
        return entries.withLock { entries in
            guard let entry = entries[key] else { return true }
            return (entry.creations <= 0 && entry.deletions.isEmpty) || now - entry.since > timeout
        }
    }

    /// The object is gone.
    public func forget(_ key: ObjectKey) {
        entries.withLock { $0[key] = nil }
    }
}
