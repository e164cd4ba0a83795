import ContainerRuntime
import Glibc
import Terminal

/// The interactive shell of the toolbox on a terminal of its own: job control, variables, functions and the working
/// directory live in it from cell to cell.
///
/// It reads its program from a named pipe, so that its terminal is free for what the learner types into the cells. Its
/// prompt shows nothing and marks the end of each cell.
final class TerminalShell {
    /// Where keys go (write) and output comes from (read).
    let keys: Int32
    let output: Int32
    let session: any StreamSession
    /// Of its terminal.
    var size: Terminal.TerminalSize?
    /// Rung when the shell's process has ended.
    let alarm = Bell()
    let exit = Arrival<ExitStatus>()
    private let feed: CellFeed
    private let token: String
    private var isReady = false

    /// - Parameters:
    ///   - size: of the learner's terminal.
    ///   - directory: where it begins.
    /// - Throws: what the runtime refused.
    static func start(
        in toolbox: Toolbox, token: String, size: Terminal.TerminalSize?, directory: String
    ) async throws(RuntimeError) -> TerminalShell {
        let container = try await toolbox.container()
        guard let feed = CellFeed(path: toolbox.directory + "/sh") else {
            throw .system(stage: "mkfifo", errno: errno, path: toolbox.directory + "/sh")
        }
        var (keys, output): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
        guard pipe(&keys) == 0, pipe(&output) == 0 else { throw .system(stage: "pipe", errno: errno, path: nil) }
        for end in keys + output { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(keys[1], F_SETFL, O_NONBLOCK)
        defer {
            close(keys[0])
            close(output[1])
        }
        // Named by a relative path, since its messages begin with that name.
        let configuration = ExecConfiguration(
            command: ["sh", "-i", "sh"], environment: toolbox.environment, workingDirectory: Toolbox.mountPoint,
            terminal: RuntimeTerminalSize(columns: size?.columns ?? 80, rows: size?.rows ?? 24))
        do throws(RuntimeError) {
            let session = try await toolbox.runtime.exec(
                container, configuration, streams: StreamDescriptors(input: keys[0], output: output[1], error: nil))
            let shell = TerminalShell(
                keys: keys[1], output: output[0], session: session, feed: feed, token: token)
            shell.size = size
            shell.begin(in: directory)
            return shell
        } catch {
            close(keys[1])
            close(output[0])
            throw error
        }
    }

    private init(keys: Int32, output: Int32, session: any StreamSession, feed: CellFeed, token: String) {
        self.keys = keys
        self.output = output
        self.session = session
        self.feed = feed
        self.token = token
        let (exit, alarm) = (exit, alarm)
        Task {
            exit.set((try? await session.wait()) ?? ExitStatus(code: 137, signal: SIGKILL))
            alarm.ring()
        }
    }

    deinit {
        close(keys)
        close(output)
    }

    /// Its greeting and first prompt are dropped: `run` skips to the first mark.
    private func begin(in directory: String) {
        let mark =
            "$(s=$?; \(Toolbox.stub) --cell-done \(token) $s \"$PWD\" <&9 >&9 2>/dev/null"
            + " || printf '\\033]133;D;\(token);%s;;%s\\007' $s \"$PWD\" >&9)"
        feed.send(
            "exec 9<>/dev/tty; cd \(CellFeed.quoted(directory)) 2>/dev/null || cd /; kijabi_status() { return $1; };"
                + " \(Toolbox.shellFunctions) PS4='+ '; PS2=; readonly PS1=\(CellFeed.quoted(mark))")
    }

    /// Runs a cell.
    /// - Parameter status: of the cell before, for `$?`.
    func run(_ cell: String, after status: Int32, through relay: TerminalRelay) -> TerminalRelay.Outcome {
        if !isReady {
            var quiet = relay
            quiet.output = OutputStream(descriptor: -1)
            quiet.record = { _ in }
            let outcome = quiet.run(token: token)
            guard case .ended = outcome else { return outcome }
            isReady = true
        }
        feed.send("kijabi_status \(status); eval \(CellFeed.quoted(cell))")
        return relay.run(token: token)
    }
}
