import Commands
import ContainerRuntime
import Glibc
import Terminal

/// A stream session in the caller's foreground: raw terminal while it lasts, its size followed, Ctrl-C passed on.
struct ForegroundSession {
    let session: any StreamSession
    let context: CommandContext
    /// The process inside has a terminal of its own.
    let hasTerminal: Bool
    /// The caller's keys are read.
    let readsInput: Bool

    /// Seconds a process may take to react to Ctrl-C before its container is left running in the background.
    static let patience = Duration.seconds(1)

    enum Outcome {
        case exited(ExitStatus)
        /// Interrupted, but the process went on.
        case leftRunning
    }

    func run() async throws(RuntimeError) -> Outcome {
        let raw = hasTerminal && readsInput ? RawTerminal(descriptor: context.input) : nil
        defer { raw?.restore() }
        if hasTerminal {
            let size = context.terminalSize
            await session.resize(columns: size.columns, rows: size.rows)
        }
        let sizes = hasTerminal ? followSize() : nil
        defer { sizes?.cancel() }
        // Waiting goes on when this task is cancelled: a signal was sent, and how the process takes it is what counts.
        let exit = Task { () -> Result<ExitStatus, RuntimeError> in
            do throws(RuntimeError) {
                return .success(try await session.wait())
            } catch {
                return .failure(error)
            }
        }
        let interruption = Interruption()
        let outcome = await withTaskCancellationHandler {
            await interruption.race(exit, patience: Self.patience)
        } onCancel: {
            Task {
                await session.signal(SIGINT)
                await interruption.begin()
            }
        }
        guard let outcome else {
            await session.detach()
            return .leftRunning
        }
        return .exited(try outcome.get())
    }

    private func followSize() -> Task<Void, Never> {
        let (descriptor, session) = (context.output.descriptor, session)
        return Task {
            for await size in TerminalSizeMonitor(descriptor: descriptor).sizes() {
                await session.resize(columns: size.columns, rows: size.rows)
            }
        }
    }
}

/// Decides whether an interrupted process ended in time.
private actor Interruption {
    private var outcome: Result<ExitStatus, RuntimeError>??
    private var waiter: CheckedContinuation<Result<ExitStatus, RuntimeError>?, Never>?
    private var patience: Duration = .zero

    func race(_ exit: Task<Result<ExitStatus, RuntimeError>, Never>, patience: Duration) async
        -> Result<ExitStatus, RuntimeError>?
    {
        self.patience = patience
        Task { self.finish(await exit.value) }
        return await withCheckedContinuation { continuation in
            if let outcome { continuation.resume(returning: outcome) } else { waiter = continuation }
        }
    }

    func begin() async {
        try? await Task.sleep(for: patience)
        finish(nil)
    }

    private func finish(_ result: Result<ExitStatus, RuntimeError>?) {
        guard outcome == nil else { return }
        outcome = .some(result)
        waiter?.resume(returning: result)
        waiter = nil
    }
}
