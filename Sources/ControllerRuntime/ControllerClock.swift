public import KubernetesAPI

/// Where controllers take the time from. Everything that waits does so through `schedule`, so that a test or a replay
/// which turns the hands of a `ManualClock` decides when anything happens.
public protocol ControllerClock: Sendable {
    /// Time since a start of the clock's choosing; never goes back.
    var now: Duration { get }
    /// The time of day, for what is written into objects.
    var timestamp: Timestamp { get }
    /// Calls `action` once, when `now` has reached `deadline`, unless it is cancelled before. The action must be quick:
    /// it runs on the clock's own time.
    func schedule(at deadline: Duration, _ action: @escaping @Sendable () -> Void) -> ScheduledAction
}

/// An action a clock was asked for.
public struct ScheduledAction: Sendable {
    private let onCancel: @Sendable () -> Void

    public init(onCancel: @escaping @Sendable () -> Void) {
        self.onCancel = onCancel
    }

    /// Makes sure that the action is not called any more, if it has not begun. Calling it again does nothing.
    public func cancel() { onCancel() }
}

extension ControllerClock {
    /// Waits until `span` has passed.
    /// - Throws: `CancellationError` where the task is cancelled before.
    public func sleep(for span: Duration) async throws {
        let wait = Latch()
        let action = schedule(at: now + span) { wait.open() }
        try await withTaskCancellationHandler {
            await wait.opened()
            try Task.checkCancellation()
        } onCancel: {
            action.cancel()
            wait.open()
        }
    }
}

/// The machine's clock.
public struct SystemClock: ControllerClock {
    private let start = ContinuousClock.now

    public init() {}

    public var now: Duration { ContinuousClock.now - start }

    public var timestamp: Timestamp { .now }

    public func schedule(at deadline: Duration, _ action: @escaping @Sendable () -> Void) -> ScheduledAction {
        let instant = start + deadline
        let task = Task {
            guard (try? await Task.sleep(until: instant, tolerance: .zero, clock: .continuous)) != nil else { return }
            action()
        }
        return ScheduledAction { task.cancel() }
    }
}
