import ContainerRuntime
import Synchronization

/// The end of one run of a process, which several may wait for.
final class ExitPromise: Sendable {
    typealias Outcome = Result<ExitStatus, RuntimeError>

    private struct State {
        var outcome: Outcome?
        var waiting: [Int: CheckedContinuation<Outcome, Never>] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    var outcome: Outcome? { state.withLock { $0.outcome } }

    /// The first call counts.
    func fulfil(_ outcome: Outcome) {
        let waiting = state.withLock { state in
            if state.outcome != nil { return [:] as [Int: CheckedContinuation<Outcome, Never>] }
            state.outcome = outcome
            defer { state.waiting = [:] }
            return state.waiting
        }
        for continuation in waiting.values { continuation.resume(returning: outcome) }
    }

    /// Waits for the end. A cancelled task waits no longer and gets `.unavailable`; the process goes on.
    func wait(isolation: isolated (any Actor)? = #isolation) async throws(RuntimeError) -> ExitStatus {
        let number = state.withLock { state in
            defer { state.next += 1 }
            return state.next
        }
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known: Outcome? = state.withLock { state in
                    if let outcome = state.outcome { return outcome }
                    if Task.isCancelled { return .failure(.unavailable(reason: "cancelled")) }
                    state.waiting[number] = continuation
                    return nil
                }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            let continuation = state.withLock { $0.waiting.removeValue(forKey: number) }
            continuation?.resume(returning: .failure(.unavailable(reason: "cancelled")))
        }
        return try outcome.get()
    }
}
