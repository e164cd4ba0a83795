import Synchronization

/// A gate that opens once and stays open.
public final class Latch: Sendable {
    private enum State {
        case closed([Int: CheckedContinuation<Void, Never>], next: Int)
        case open
    }

    private let state = Mutex(State.closed([:], next: 0))

    public init() {}

    public var isOpen: Bool {
        state.withLock { if case .open = $0 { true } else { false } }
    }

    /// Lets everyone through who waits, and everyone who comes later.
    public func open() {
        let waiting: [CheckedContinuation<Void, Never>] = state.withLock { state in
            guard case .closed(let waiting, _) = state else { return [] }
            state = .open
            return Array(waiting.values)
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Returns when the gate is open, or when the waiting task is cancelled: the caller looks at `isOpen` or
    /// `Task.isCancelled` where the difference matters.
    public func opened() async {
        let ticket: Int? = state.withLock { state in
            guard case .closed(let waiting, let next) = state else { return nil }
            state = .closed(waiting, next: next + 1)
            return next
        }
        guard let ticket else { return }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let resumesAtOnce = state.withLock { state in
                    guard !Task.isCancelled, case .closed(var waiting, let next) = state else { return true }
                    waiting[ticket] = continuation
                    state = .closed(waiting, next: next)
                    return false
                }
                if resumesAtOnce { continuation.resume() }
            }
        } onCancel: {
            let continuation: CheckedContinuation<Void, Never>? = state.withLock { state in
                guard case .closed(var waiting, let next) = state else { return nil }
                let continuation = waiting.removeValue(forKey: ticket)
                state = .closed(waiting, next: next)
                return continuation
            }
            continuation?.resume()
        }
    }
}
