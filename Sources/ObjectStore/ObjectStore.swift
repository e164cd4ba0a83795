internal import Glibc
internal import Synchronization

/// Keys and values with revisions, history and watches, like etcd's; it knows nothing of Pods.
///
/// Every write gets the next revision of one counter and stays readable for a while: any key or range can be read as it
/// was, and a watch can begin in the past. The same history answers *why* (each write keeps its cause) and makes undo
/// possible.
///
/// The store lives in memory. `list(prefix: "")` at a revision is a complete snapshot of that moment, which is what a
/// saved cluster is made of.
///
/// ## Locking
/// One lock guards everything. Nothing is called while it is held but the clock (so that times rise with revisions) and the
/// `stamping` closure of `put`; both must be quick and must not use the store. Readers of watches are resumed after it is
/// released.
public final class ObjectStore: Sendable {
    struct State {
        var index = KeyIndex()
        var log = EventLog(oldest: 1)
        var watchers: [Int: Watcher] = [:]
        var lastWatcher = 0
    }

    let state = Mutex(State())
    let historyLimit: Int
    let watchBufferLimit: Int
    private let now: @Sendable () -> Duration

    /// - Parameters:
    ///   - historyLimit: how many of the latest writes stay readable, at least
    ///   - watchBufferLimit: how many events wait in memory for a slow watcher before it has to read the history
    ///   - now: time since 1970-01-01T00:00:00Z; the system's clock if none is given
    public init(
        historyLimit: Int = 10_000, watchBufferLimit: Int = 1024, now: @escaping @Sendable () -> Duration = systemTime
    ) {
        self.historyLimit = max(1, historyLimit)
        self.watchBufferLimit = max(1, watchBufferLimit)
        self.now = now
    }

    /// The system's clock: time since 1970-01-01T00:00:00Z.
    public static let systemTime: @Sendable () -> Duration = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// The revision of the last write.
    public var currentRevision: Revision { state.withLock { $0.log.current } }

    /// The oldest revision that can be read, or after which a watch can begin.
    public var oldestRevision: Revision { state.withLock { $0.log.oldest } }

    // MARK: Writing

    /// Writes `document` under `key`.
    /// - Throws: `StoreError` where the precondition does not hold: `exists`, `notFound` or `modified`.
    @discardableResult
    public func put(
        _ key: String, _ value: StoredValue, if precondition: WritePrecondition = .none, cause: String
    ) throws(StoreError) -> StoreEvent {
        try put(key, if: precondition, cause: cause) { _ in value }
    }

    /// Writes a value that contains its own revision: `stamping` is called with it, while the store is locked.
    /// - Throws: `StoreError` where the precondition does not hold: `exists`, `notFound` or `modified`.
    @discardableResult
    public func put(
        _ key: String, if precondition: WritePrecondition = .none, cause: String, stamping: (Revision) -> StoredValue
    ) throws(StoreError) -> StoreEvent {
        let (event, readers) = try state.withLock { state throws(StoreError) in
            let previous = state.index[key]?.current
            try Self.check(precondition, previous)
            let revision = state.log.current + 1
            let entry = StoredEntry(
                key: key, value: stamping(revision), createRevision: previous?.createRevision ?? revision,
                modRevision: revision, version: (previous?.version ?? 0) + 1)
            let event = StoreEvent(
                key: key, revision: revision, entry: entry, previous: previous, cause: cause, time: now())
            return (event, record(event, in: &state))
        }
        for reader in readers { reader.resume() }
        return event
    }

    /// Removes `key`. Its history stays.
    /// - Throws: `StoreError`: `notFound` where there is no such key, `modified` where the precondition does not hold.
    @discardableResult
    public func delete(_ key: String, if precondition: WritePrecondition = .none, cause: String) throws(StoreError)
        -> StoreEvent
    {
        let (event, readers) = try state.withLock { state throws(StoreError) in
            guard let previous = state.index[key]?.current else { throw .notFound }
            try Self.check(precondition, previous)
            let event = StoreEvent(
                key: key, revision: state.log.current + 1, entry: nil, previous: previous, cause: cause, time: now())
            return (event, record(event, in: &state))
        }
        for reader in readers { reader.resume() }
        return event
    }

    private static func check(_ precondition: WritePrecondition, _ current: StoredEntry?) throws(StoreError) {
        switch (precondition, current) {
        case (.none, _), (.absent, nil), (.present, _?): return
        case (.absent, let current?): throw .exists(current)
        case (.revision(let revision), let current?):
            if current.modRevision != revision { throw .modified(current: current) }
        case (.present, nil), (.revision, nil): throw .notFound
        }
    }

    /// Enters an event everywhere.
    /// - Returns: the readers to be woken when the lock is released.
    private func record(_ event: StoreEvent, in state: inout State) -> [CheckedContinuation<Void, Never>] {
        state.index.history(of: event.key).append(event.revision, event.entry)
        state.log.append(event)
        var readers: [CheckedContinuation<Void, Never>] = []
        for watcher in state.watchers.values {
            if let reader = watcher.offer(event, limit: watchBufferLimit) { readers.append(reader) }
        }
        // A quarter more than wanted is kept, so that compaction is rare and its cost spread.
        if state.log.count >= historyLimit + max(16, historyLimit / 4) {
            Self.compact(&state, to: state.log.current - historyLimit)
        }
        return readers
    }

    // MARK: History

    /// Forgets the writes up to `revision`; its own state stays readable.
    /// - Throws: `StoreError.future` where there is no such revision yet. One that is compacted already is fine.
    public func compact(to revision: Revision) throws(StoreError) {
        try state.withLock { state throws(StoreError) in
            guard revision <= state.log.current else { throw .future(current: state.log.current) }
            if revision > state.log.oldest { Self.compact(&state, to: revision) }
        }
    }

    private static func compact(_ state: inout State, to revision: Revision) {
        // A key that is written often is looked at once.
        let keys = Set(state.log.compact(to: revision).map(\.key))
        for key in keys where state.index[key]?.compact(to: revision) == true { state.index.remove(key) }
    }
}
