import Commands
import ContainerRuntime
import Glibc
import Terminal

extension CellLoop {
    struct Outcome {
        var status: Int32
        var typedAhead: [UInt8] = []
        /// The output did not end with a newline.
        var leavesCursorInRow = false
        /// The session ends with this cell.
        var isLast = false
    }

    func runCell(_ cell: String) -> Outcome {
        guard let (command, words) = runner.simpleCommand(cell) else { return runInShell(cell) }
        if command.name == Builtins.exitName {
            if let text = runner.quitText(cell) {
                show(text.replacing("\n", with: "\r\n"))
                return Outcome(status: 0)
            }
            return Outcome(status: words.first.flatMap { Int32($0) } ?? runner.lastStatus, isLast: true)
        }
        return runInProcess(command, words)
    }

    // MARK: In process

    /// Milliseconds that an interrupted command has before the prompt comes back without it.
    /// `docker run` waits a second for what the container makes of it, and then tells that it runs on.
    private static let patience = Duration.milliseconds(1500)

    private func runInProcess(_ command: Command, _ words: [String]) -> Outcome {
        guard let terminal = PseudoTerminal(size: TerminalSize(descriptor: output.descriptor)) else {
            output.line("kijabi: no pseudo-terminal: \(String(cString: strerror(errno)))")
            return Outcome(status: 125)
        }
        // Kept by the command and by this function: closed when both are done with it.
        let follower = KeptDescriptor(owning: terminal.takeFollower())
        let context = runner.context(input: follower.number, output: follower.number, error: follower.number)
        let token = token
        let commands = runner.commands
        let task = Task {
            let status = await commands.run(command, words, context)
            let mark = CellEndFilter.mark(token: token, status: Task.isCancelled && status == 0 ? 130 : status)
            OutputStream(descriptor: follower.number).write(mark)
        }
        let alarm = Bell()
        let watcher = OutputWatcher(output, recorders: configuration.recorders)
        var relay = relay(keys: terminal.leader, source: terminal.leader, alarm: alarm, watcher: watcher)
        relay.resize = { [output] in
            TerminalSize(descriptor: output.descriptor).map { terminal.resize(to: $0) }
            TerminalSizeMonitor.windowMayHaveChanged()
        }
        relay.takesKey = { key in
            if terminal.isInterrupt(key) {
                watcher.show("^C\r\n")
                task.cancel()
                Task {
                    try? await Task.sleep(for: Self.patience)
                    alarm.ring()
                }
                return true
            }
            return terminal.isStop(key)
        }
        let raw = RawTerminal(descriptor: input)
        defer { raw?.restore() }
        switch relay.run(token: token) {
        case .ended(let end):
            return Outcome(
                status: end.status ?? 0, typedAhead: PseudoTerminal.drain(follower.number) + end.unread,
                leavesCursorInRow: watcher.leavesCursorInRow)
        case .alarmed, .sourceClosed:
            return Outcome(status: 130, leavesCursorInRow: watcher.leavesCursorInRow)
        case .leave:
            task.cancel()
            return Outcome(status: 129, isLast: true)
        }
    }

    // MARK: In the toolbox

    private func runInShell(_ cell: String) -> Outcome {
        let shell: TerminalShell
        do throws(RuntimeError) {
            shell = try openShell()
        } catch {
            output.line("kijabi: " + ToolboxMessage(error: error).text(language))
            return Outcome(status: 125)
        }
        let watcher = OutputWatcher(output, recorders: configuration.recorders)
        var relay = relay(keys: shell.keys, source: shell.output, alarm: shell.alarm, watcher: watcher)
        relay.resize = { [output] in
            guard let size = TerminalSize(descriptor: output.descriptor) else { return }
            shell.size = size
            let session = shell.session
            Task { await session.resize(columns: size.columns, rows: size.rows) }
        }
        followSize(shell)
        let raw = RawTerminal(descriptor: input)
        defer { raw?.restore() }
        switch shell.run(cell, after: runner.lastStatus, through: relay) {
        case .ended(let end):
            if let directory = end.workingDirectory { runner.workingDirectory = directory }
            renewBrokenToolbox()
            return Outcome(
                status: end.status ?? 0, typedAhead: end.unread, leavesCursorInRow: watcher.leavesCursorInRow)
        case .leave: return Outcome(status: 129, isLast: true)
        case .alarmed, .sourceClosed:
            return shellEnded(shell, watcher)
        }
    }

    /// The learner's terminal may have changed its size at the prompt.
    private func followSize(_ shell: TerminalShell) {
        guard let size = TerminalSize(descriptor: output.descriptor), size != shell.size else { return }
        shell.size = size
        let session = shell.session
        waitFor { await session.resize(columns: size.columns, rows: size.rows) }
    }

    /// The shell's process is gone: by `exit`, which leaves kijabi too, or by force.
    private func shellEnded(_ shell: TerminalShell, _ watcher: OutputWatcher) -> Outcome {
        let exit = shell.exit.value ?? ExitStatus(code: 137, signal: SIGKILL)
        self.shell = nil
        guard exit.signal != nil else { return Outcome(status: exit.code, isLast: true) }
        show("\r\n" + style(ToolboxMessage.renewed(language), .yellow) + "\r\n")
        return Outcome(status: exit.code)
    }

    /// `rm -rf /` leaves a shell without programs.
    private func renewBrokenToolbox() {
        let toolbox = runner.toolbox
        guard !waitFor({ await toolbox.hasProgram("/bin/sh") }) else { return }
        shell = nil
        runner.workingDirectory = "/work"
        waitFor { await toolbox.discard() }
        show(style(ToolboxMessage.renewed(language), .yellow) + "\r\n")
    }

    private func openShell() throws(RuntimeError) -> TerminalShell {
        if let shell, shell.exit.value == nil { return shell }
        let (toolbox, token, directory) = (runner.toolbox, token, runner.workingDirectory)
        let size = TerminalSize(descriptor: output.descriptor)
        let result: Result<ShellBox, RuntimeError> = waitFor {
            do throws(RuntimeError) {
                let shell = try await TerminalShell.start(in: toolbox, token: token, size: size, directory: directory)
                return .success(ShellBox(shell))
            } catch {
                return .failure(error)
            }
        }
        let opened = try result.get().shell
        shell = opened
        return opened
    }

    /// Brings the shell, which the task that made it does not keep, to this thread.
    private final class ShellBox: @unchecked Sendable {
        // Right because its maker gives it away and only the session's thread uses it.
        let shell: TerminalShell
        init(_ shell: TerminalShell) { self.shell = shell }
    }

    private func relay(keys: Int32, source: Int32, alarm: Bell, watcher: OutputWatcher) -> TerminalRelay {
        TerminalRelay(
            input: input, output: output, keys: keys, source: source, news: news, alarm: alarm,
            record: { watcher.record($0) })
    }
}

/// Sees what a cell prints on its way to the terminal.
final class OutputWatcher {
    private let output: OutputStream
    private let recorders: [any SessionRecorder]
    private var last: UInt8 = 0x0A

    init(_ output: OutputStream, recorders: [any SessionRecorder]) {
        self.output = output
        self.recorders = recorders
    }

    var leavesCursorInRow: Bool { last != 0x0A }

    func record(_ bytes: [UInt8]) {
        last = bytes.last ?? last
        for recorder in recorders { recorder.output(bytes) }
    }

    /// Prints something of our own among it.
    func show(_ text: String) {
        output.write(text)
        record(Array(text.utf8))
    }
}
