import Synchronization

/// Keys that wait to be worked on (the queue of client-go's `util/workqueue`).
///
/// - A key that is added twice before it is taken is worked on once.
/// - A key is never worked on by two workers at a time: added while it is being worked on, it comes back when `done`.
/// - Keys are taken in the order they were added; a key that comes back goes behind those that wait.
/// - `add(after:)` and `addRateLimited` add later, on the injected clock; of several waits of one key the earliest counts.
public final class WorkQueue<Key: Hashable & Sendable>: Sendable {
    private struct State {
        var waiting: [Key] = []
        var head = 0
        /// Needs work: in `waiting`, or to be put there when `done`.
        var dirty: Set<Key> = []
        var processing: Set<Key> = []
        var failures: [Key: Int] = [:]
        var delayed: [Key: (deadline: Duration, action: ScheduledAction?)] = [:]
        var takers: [(ticket: Int, continuation: CheckedContinuation<Key?, Never>)] = []
        var nextTicket = 0
        var isShutDown = false

        var count: Int { waiting.count - head }

        mutating func popFirst() -> Key? {
            guard head < waiting.count else { return nil }
            let key = waiting[head]
            head += 1
            // Shifting only when half is used up keeps taking a key constant time on average.
            if head > 64, head * 2 > waiting.count {
                waiting.removeFirst(head)
                head = 0
            }
            dirty.remove(key)
            processing.insert(key)
            return key
        }
    }

    private let clock: any ControllerClock
    private let backoff: Backoff
    private let state = Mutex(State())

    public init(clock: any ControllerClock, backoff: Backoff = .reconcile) {
        self.clock = clock
        self.backoff = backoff
    }

    /// Keys that wait for a worker; neither those being worked on nor those whose time has not come.
    public var count: Int { state.withLock { $0.count } }

    /// No key waits and none is being worked on (delayed ones may remain).
    public var isIdle: Bool { state.withLock { $0.count == 0 && $0.processing.isEmpty && $0.dirty.isEmpty } }

    public func add(_ key: Key) {
        hand(
            state.withLock { state in
                guard !state.isShutDown, !state.dirty.contains(key) else { return nil }
                state.dirty.insert(key)
                guard !state.processing.contains(key) else { return nil }
                state.waiting.append(key)
                return Self.match(&state)
            })
    }

    /// Adds `key` when `delay` has passed; at once where it is not positive.
    public func add(_ key: Key, after delay: Duration) {
        guard delay > .zero else { return add(key) }
        let deadline = clock.now + delay
        let (replaced, isNew): (ScheduledAction?, Bool) = state.withLock { state in
            guard !state.isShutDown else { return (nil, false) }
            if let pending = state.delayed[key] {
                guard deadline < pending.deadline else { return (nil, false) }
                state.delayed[key] = (deadline, nil)
                return (pending.action, true)
            }
            state.delayed[key] = (deadline, nil)
            return (nil, true)
        }
        replaced?.cancel()
        guard isNew else { return }
        // The clock is asked outside the lock: a deadline that has passed calls back at once.
        let action = clock.schedule(at: deadline) { [weak self] in self?.fire(key, deadline) }
        let isStale = state.withLock { state in
            guard let pending = state.delayed[key], pending.deadline == deadline else { return true }
            state.delayed[key] = (deadline, action)
            return false
        }
        if isStale { action.cancel() }
    }

    /// Adds `key` after a wait that doubles with every call until `forget`.
    public func addRateLimited(_ key: Key) {
        let failures = state.withLock { state in
            defer { state.failures[key, default: 0] += 1 }
            return state.failures[key, default: 0]
        }
        add(key, after: backoff.delay(failures: failures))
    }

    /// The work on `key` went well: its next rate-limited wait is the shortest again.
    public func forget(_ key: Key) {
        state.withLock { _ = $0.failures.removeValue(forKey: key) }
    }

    /// How many times in a row `key` has been added rate-limited.
    public func failures(of key: Key) -> Int { state.withLock { $0.failures[key] ?? 0 } }

    /// The next key, when there is one. Nil when the queue is shut down or the task is cancelled.
    /// The caller calls `done` when it has worked on the key.
    public func take() async -> Key? {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Key?? = state.withLock { state in
                    if state.isShutDown || Task.isCancelled { return .some(nil) }
                    if let key = state.popFirst() { return key }
                    state.takers.append((ticket, continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let continuation: CheckedContinuation<Key?, Never>? = state.withLock { state in
                guard let index = state.takers.firstIndex(where: { $0.ticket == ticket }) else { return nil }
                return state.takers.remove(at: index).continuation
            }
            continuation?.resume(returning: nil)
        }
    }

    /// The next key if one waits now.
    public func takeIfWaiting() -> Key? {
        state.withLock { $0.isShutDown ? nil : $0.popFirst() }
    }

    /// The work on `key` is over, well or not.
    public func done(_ key: Key) {
        hand(
            state.withLock { state in
                state.processing.remove(key)
                guard state.dirty.contains(key) else { return nil }
                state.waiting.append(key)
                return Self.match(&state)
            })
    }

    /// Lets go of everyone who waits for a key; nothing is added any more.
    public func shutDown() {
        let (takers, actions) = state.withLock { state in
            state.isShutDown = true
            defer {
                state.takers = []
                state.delayed = [:]
            }
            return (state.takers.map(\.continuation), state.delayed.values.compactMap(\.action))
        }
        for action in actions { action.cancel() }
        for taker in takers { taker.resume(returning: nil) }
    }

    private func fire(_ key: Key, _ deadline: Duration) {
        let isDue = state.withLock { state in
            guard let pending = state.delayed[key], pending.deadline == deadline else { return false }
            state.delayed[key] = nil
            return true
        }
        if isDue { add(key) }
    }

    private typealias Handover = (continuation: CheckedContinuation<Key?, Never>, key: Key)

    /// Matches the longest waiting worker with the key in front; resumed outside the lock.
    private static func match(_ state: inout State) -> Handover? {
        guard !state.takers.isEmpty, let key = state.popFirst() else { return nil }
        return (state.takers.removeFirst().continuation, key)
    }

    private func hand(_ handover: Handover?) {
        guard let handover else { return }
        handover.continuation.resume(returning: handover.key)
    }
}
