import ContainerRuntime
import Glibc

/// The shell of the toolbox without a terminal: it has the caller's very descriptors, so that
/// `kijabi -c 'cat' < file` and `kijabi -c 'seq 9' | head -1` behave.
final class ScriptShell {
    enum Outcome: Equatable {
        /// The cell has ended, and the shell goes on.
        case ended(status: Int32, workingDirectory: String)
        /// The shell has ended: `exit`, an error that ends a script, a signal.
        case exited(status: Int32)
        case interrupted
    }

    private let feed: CellFeed
    private let reports: CellFeed
    private let exit = Arrival<ExitStatus>()
    private let alarm: Bell
    let session: any StreamSession

    /// - Parameters:
    ///   - name: of the directory of its named pipes, one for each shell that lives at a time.
    ///   - alarm: rung when the shell has ended, and by whoever wants `run` to look at `isInterrupted`.
    static func start(
        in toolbox: Toolbox, name: String, streams: StreamDescriptors, directory: String, alarm: Bell
    ) async throws(RuntimeError) -> ScriptShell {
        let container = try await toolbox.container()
        // Its messages begin with the name of its program file, hence "sh".
        let path = "\(toolbox.directory)/\(name)"
        mkdir(path, 0o755)
        guard let feed = CellFeed(path: path + "/sh"),
            let reports = CellFeed(path: path + "/done")
        else { throw .system(stage: "mkfifo", errno: errno, path: path) }
        let configuration = ExecConfiguration(
            command: ["sh", "sh"], environment: toolbox.environment,
            workingDirectory: "\(Toolbox.mountPoint)/\(name)")
        let session = try await toolbox.runtime.exec(container, configuration, streams: streams)
        let shell = ScriptShell(feed: feed, reports: reports, alarm: alarm, session: session)
        let report = "printf '%s %s\\n' $1 \"$PWD\" >\(Toolbox.mountPoint)/\(name)/done; return $1"
        feed.send(
            "cd \(CellFeed.quoted(directory)) 2>/dev/null || cd /; kijabi_status() { return $1; };"
                + " \(Toolbox.shellFunctions) kijabi_done() { \(report); }")
        return shell
    }

    private init(feed: CellFeed, reports: CellFeed, alarm: Bell, session: any StreamSession) {
        self.feed = feed
        self.reports = reports
        self.alarm = alarm
        self.session = session
        let exit = exit
        Task {
            exit.set((try? await session.wait()) ?? ExitStatus(code: 137, signal: SIGKILL))
            alarm.ring()
        }
    }

    /// Runs a cell. Blocks its thread.
    /// - Parameter status: of the cell before, for `$?`.
    func run(_ cell: String, after status: Int32, isInterrupted: () -> Bool) -> Outcome {
        feed.send("kijabi_status \(status); eval \(CellFeed.quoted(cell))\nkijabi_done $?")
        var line: [UInt8] = []
        while true {
            if let exit = exit.value { return .exited(status: exit.code) }
            if isInterrupted() {
                let session = session
                waitFor { await session.signal(SIGINT) }
                return .interrupted
            }
            var waits = [
                pollfd(fd: reports.readable, events: Int16(POLLIN), revents: 0),
                pollfd(fd: alarm.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&waits, 2, -1) > 0 else { continue }
            if waits[1].revents != 0 { alarm.silence() }
            guard waits[0].revents != 0 else { continue }
            var byte: UInt8 = 0
            while read(reports.readable, &byte, 1) == 1 {
                if byte == 0x0A { return Self.parse(line) }
                line.append(byte)
            }
        }
    }

    private static func parse(_ line: [UInt8]) -> Outcome {
        let parts = String(decoding: line, as: UTF8.self).split(separator: " ", maxSplits: 1)
        return .ended(
            status: parts.first.flatMap { Int32($0) } ?? 0, workingDirectory: parts.count > 1 ? String(parts[1]) : "/")
    }
}
