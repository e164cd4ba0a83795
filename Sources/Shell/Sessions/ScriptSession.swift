import Commands
import ContainerRuntime
import Glibc
import Synchronization
import Terminal

/// Cells without a terminal: `-c`, a file, or standard input that is none. Never waits for a key.
public final class ScriptSession: Sendable {
    private let configuration: ShellConfiguration
    private let interruption = Interruption()

    public init(_ configuration: ShellConfiguration) {
        self.configuration = configuration
    }

    /// Ends the running cell and the session, as a shell script ends by SIGINT. From any thread.
    public func interrupt() {
        interruption.interrupt()
    }

    /// Runs the cells of `script` on the process's own descriptors.
    /// - Returns: the exit status of the last cell.
    public func run(_ script: String) async throws(ShellError) -> Int32 {
        let runner = try CellRunner(configuration, builtins: Builtins.make(configuration, history: nil))
        let box = RunnerBox(runner)
        let (interruption, recorders) = (interruption, configuration.recorders)
        let status = await BlockingThread.run {
            let cells = ScriptCells(box.runner, interruption, StreamDescriptors(input: 0, output: 1, error: 2))
            var number = 0
            for cell in CellSequence(script) {
                number += 1
                for recorder in recorders { recorder.cellBegins(number: number, source: cell, prompt: "$ ") }
                let outcome = cells.run(cell)
                for recorder in recorders { recorder.cellEnds(number: number, status: outcome.status) }
                if outcome.isLast { return outcome.status }
            }
            return box.runner.lastStatus
        }
        for recorder in recorders { recorder.finish(status: status) }
        return status
    }

    /// Hands the runner, which one thread at a time uses, to that thread.
    private final class RunnerBox: @unchecked Sendable {
        // Right because it is only passed to the one thread that runs the script, which is waited for.
        let runner: CellRunner
        init(_ runner: CellRunner) { self.runner = runner }
    }
}

/// Ctrl-C from outside: what is to be ended.
final class Interruption: Sendable {
    private let state = Mutex<(isInterrupted: Bool, task: Task<Int32, Never>?)>((false, nil))
    let alarm = Bell()

    var isInterrupted: Bool { state.withLock { $0.isInterrupted } }

    func interrupt() {
        let task = state.withLock { state in
            state.isInterrupted = true
            return state.task
        }
        task?.cancel()
        alarm.ring()
    }

    func watch(_ task: Task<Int32, Never>?) {
        let isInterrupted = state.withLock { state in
            state.task = task
            return state.isInterrupted
        }
        if isInterrupted { task?.cancel() }
    }
}

/// Runs cells on given descriptors, in process where it can be, else in one shell of the toolbox. Confined to a thread.
final class ScriptCells {
    private let runner: CellRunner
    private let interruption: Interruption
    private let streams: StreamDescriptors
    private let name: String
    private var shell: ScriptShell?

    init(_ runner: CellRunner, _ interruption: Interruption, _ streams: StreamDescriptors, name: String = "script") {
        self.runner = runner
        self.interruption = interruption
        self.streams = streams
        self.name = name
    }

    struct Outcome {
        var status: Int32
        /// The session ends with it.
        var isLast = false
    }

    func run(_ cell: String) -> Outcome {
        let outcome = interruption.isInterrupted ? Outcome(status: 130, isLast: true) : dispatch(cell)
        runner.lastStatus = outcome.status
        return outcome
    }

    private func dispatch(_ cell: String) -> Outcome {
        guard let (command, words) = runner.simpleCommand(cell) else { return runInShell(cell) }
        if command.name == Builtins.exitName {
            if let text = runner.quitText(cell) {
                OutputStream(descriptor: streams.output ?? -1).write(text)
                return Outcome(status: 0)
            }
            return Outcome(status: words.first.flatMap { Int32($0) } ?? runner.lastStatus, isLast: true)
        }
        let context = runner.context(
            input: streams.input ?? -1, output: streams.output ?? -1, error: streams.error ?? -1)
        let task = Task { [commands = runner.commands] in await commands.run(command, words, context) }
        interruption.watch(task)
        let status = waitFor { await task.value }
        interruption.watch(nil)
        return interruption.isInterrupted ? Outcome(status: 130, isLast: true) : Outcome(status: status)
    }

    private func runInShell(_ cell: String) -> Outcome {
        let error = OutputStream(descriptor: streams.error ?? -1)
        let language = runner.configuration.language.current
        if shell == nil {
            switch startShell() {
            case .success(let started): shell = started.shell
            case .failure(let failure):
                error.line("kijabi: " + ToolboxMessage(error: failure).text(language))
                return Outcome(status: 125, isLast: true)
            }
        }
        guard let shell else { return Outcome(status: 125, isLast: true) }
        switch shell.run(cell, after: runner.lastStatus, isInterrupted: { interruption.isInterrupted }) {
        case .ended(let status, let directory):
            runner.workingDirectory = directory
            if let advice = runner.advice(for: cell, status: status) {
                error.prose(advice(language))
            }
            return Outcome(status: status)
        case .exited(let status): return Outcome(status: status, isLast: true)
        case .interrupted: return Outcome(status: 130, isLast: true)
        }
    }

    private func startShell() -> Result<ShellBox, RuntimeError> {
        let (toolbox, streams, name) = (runner.toolbox, streams, name)
        let (directory, alarm) = (runner.workingDirectory, interruption.alarm)
        return waitFor {
            do throws(RuntimeError) {
                let shell = try await ScriptShell.start(
                    in: toolbox, name: name, streams: streams, directory: directory, alarm: alarm)
                return .success(ShellBox(shell))
            } catch {
                return .failure(error)
            }
        }
    }

    /// Brings the shell, which the task that made it does not keep, to this thread.
    private final class ShellBox: @unchecked Sendable {
        // Right because its maker gives it away and only the session's thread uses it.
        let shell: ScriptShell
        init(_ shell: ScriptShell) { self.shell = shell }
    }
}
