import Synchronization

/// Lets a number of tasks through at a time, in the order in which they came.
final class TransferGate: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }
    private let state: Mutex<State>

    init(width: Int) { state = Mutex(State(free: width)) }

    /// Runs `work` when there is room.
    /// - Parameter waits: called if there is none yet.
    func pass<Value: Sendable, Failure: Error>(
        waits: () -> Void = {}, _ work: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let isFree = state.withLock { state in
            guard state.free > 0 else { return false }
            state.free -= 1
            return true
        }
        if !isFree {
            waits()
            await wait()
        }
        defer { leave() }
        return try await work()
    }

    private func wait() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.free == 0 else {
                    state.free -= 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    private func leave() {
        let next: CheckedContinuation<Void, Never>? = state.withLock { state in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.free += 1
            return nil
        }
        next?.resume()
    }
}
