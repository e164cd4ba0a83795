public import KubernetesAPI
import Synchronization

/// A clock that stands still until it is told to go on. Actions run inside `advance`, in the order of their deadlines,
/// so that what is due has happened when it returns.
public final class ManualClock: ControllerClock {
    private struct Entry {
        let deadline: Duration
        let number: Int
        let action: @Sendable () -> Void
    }

    private struct State {
        var now: Duration = .zero
        var entries: [Entry] = []
        var nextNumber = 0
    }

    private let epoch: Timestamp
    private let state = Mutex(State())

    /// - Parameter epoch: the time of day when `now` is zero.
    public init(epoch: Timestamp = Timestamp(secondsSinceEpoch: 1_767_225_600)) {
        self.epoch = epoch
    }

    public var now: Duration { state.withLock { $0.now } }

    public var timestamp: Timestamp { epoch + now }

    /// How many actions wait.
    public var pendingCount: Int { state.withLock { $0.entries.count } }

    /// When the next action is due.
    public var nextDeadline: Duration? { state.withLock { $0.entries.map(\.deadline).min() } }

    public func schedule(at deadline: Duration, _ action: @escaping @Sendable () -> Void) -> ScheduledAction {
        let number: Int? = state.withLock { state in
            guard deadline > state.now else { return nil }
            state.nextNumber += 1
            state.entries.append(Entry(deadline: deadline, number: state.nextNumber, action: action))
            return state.nextNumber
        }
        guard let number else {
            action()
            return ScheduledAction {}
        }
        return ScheduledAction { [self] in
            state.withLock { $0.entries.removeAll { $0.number == number } }
        }
    }

    /// Lets `span` pass. Actions that are scheduled by actions, and fall due within it, run as well.
    public func advance(by span: Duration) {
        let target = now + span
        while let entry = takeNext(until: target) { entry.action() }
        state.withLock { $0.now = max($0.now, target) }
    }

    private func takeNext(until target: Duration) -> Entry? {
        state.withLock { state in
            let due = state.entries.filter { $0.deadline <= target }
            guard let next = due.min(by: { ($0.deadline, $0.number) < ($1.deadline, $1.number) }) else { return nil }
            state.entries.removeAll { $0.number == next.number }
            state.now = max(state.now, next.deadline)
            return next
        }
    }
}
