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
    /// The caller's keys, as far as they are read.
    let input: ForegroundInput
    /// Ctrl-C is passed on; else it only ends this session (`--sig-proxy=false`).
    var passesSignals = true

    /// Seconds a process may take to react to Ctrl-C before its container is left running in the background.
    static let patience = Duration.seconds(1)

    enum Outcome {
        case exited(ExitStatus)
        /// Interrupted, but the process went on.
        case leftRunning
        /// The detach keys were pressed.
        case detached
    }

    func run() async throws(RuntimeError) -> Outcome {
        let raw = hasTerminal && input.descriptor != nil ? RawTerminal(descriptor: context.input) : nil
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
        let detachments = Task { [input] in
            for await _ in input.detachments { await interruption.finish(.detached) }
        }
        defer { detachments.cancel() }
        let passesSignals = passesSignals
        let outcome = await withTaskCancellationHandler {
            await interruption.race(exit, patience: passesSignals ? Self.patience : .zero)
        } onCancel: {
            Task {
                if passesSignals { await session.signal(SIGINT) }
                await interruption.begin()
            }
        }
        switch outcome {
        case .ended(let result):
            var exit = try result.get()
            if let failure = await session.writeError() {
                context.error.line("write /dev/stdout: \(ErrorNumber.text(failure))")
                if exit.code == 0 { exit.code = 1 }
            }
            return .exited(exit)
        case .impatient:
            await session.detach()
            return .leftRunning
        case .detached:
            await session.detach()
            return .detached
        }
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

/// Decides what came first: the end of the process, the end of patience with it, or the detach keys.
private actor Interruption {
    enum Outcome {
        case ended(Result<ExitStatus, RuntimeError>)
        case impatient
        case detached
    }

    private var outcome: Outcome?
    private var waiter: CheckedContinuation<Outcome, Never>?
    private var patience: Duration = .zero

    func race(_ exit: Task<Result<ExitStatus, RuntimeError>, Never>, patience: Duration) async -> Outcome {
        self.patience = patience
        Task { self.finish(.ended(await exit.value)) }
        return await withCheckedContinuation { continuation in
            if let outcome { continuation.resume(returning: outcome) } else { waiter = continuation }
        }
    }

    func begin() async {
        try? await Task.sleep(for: patience)
        finish(.impatient)
    }

    func finish(_ result: Outcome) {
        guard outcome == nil else { return }
        outcome = result
        waiter?.resume(returning: result)
        waiter = nil
    }
}
