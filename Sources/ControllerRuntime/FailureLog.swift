import Synchronization

/// The last failures of the controllers that share it, for diagnosis.
public final class FailureLog: Sendable {
    private let capacity: Int
    private let entries = Mutex<[ReconcileFailure]>([])

    public init(capacity: Int = 256) {
        self.capacity = capacity
    }

    /// Oldest first.
    public var failures: [ReconcileFailure] { entries.withLock { $0 } }

    func record(_ failure: ReconcileFailure) {
        entries.withLock { entries in
            entries.append(failure)
            if entries.count > capacity { entries.removeFirst(entries.count - capacity) }
        }
    }
}
