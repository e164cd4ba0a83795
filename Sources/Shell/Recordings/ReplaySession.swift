import Glibc
import Synchronization
import Terminal
public import Transcripts

/// Runs a recording's cells again for real, each on a terminal of the recorded size, with the pauses they had.
public final class ReplaySession: Sendable {
    private let configuration: ShellConfiguration
    private let transcript: Transcript
    /// Pauses longer than this are cut to it: time to think is no part of a recording.
    private static let longestPause = 20.0

    public init(_ configuration: ShellConfiguration, _ transcript: Transcript) {
        self.configuration = configuration
        self.transcript = transcript
    }

    /// The cells up to and with `last` as opening cells of a session.
    public static func opening(_ transcript: Transcript, upTo last: Int? = nil) -> [OpeningCell] {
        transcript.cells.prefix { cell in last.map { cell.number <= $0 } ?? true }.map { cell in
            OpeningCell(source: cell.source, pause: .seconds(min(max(cell.pause, 0), longestPause)))
        }
    }

    /// Runs them all.
    /// - Parameter report: told of every cell as it ends, in order.
    /// - Returns: the result of each cell by its place in the recording; shorter where the session broke off.
    public func run(report: @escaping @Sendable (Int, TranscriptVerifier.Result) -> Void) async throws(ShellError)
        -> [TranscriptVerifier.Result]
    {
        let size = TerminalSize(
            columns: UInt16(clamping: transcript.header.columns), rows: UInt16(clamping: transcript.header.rows))
        guard let terminal = PseudoTerminal(size: size) else {
            throw .unreadable(path: "/dev/ptmx", errno: errno)
        }
        let follower = terminal.takeFollower()
        let collector = OutputCollector(report: report)
        var configuration = configuration
        configuration.input = follower
        configuration.output = follower
        configuration.greeting = nil
        configuration.historyPath = nil
        configuration.openingCells = Self.opening(transcript)
        configuration.endsAfterOpening = true
        configuration.recorders = [collector]
        // What appears on the terminal is read, so that nobody who writes to it has to wait.
        let leader = terminal.leader
        let drain = Task { await BlockingThread.run { Self.drain(leader) } }
        let outcome: Result<Int32, ShellError>
        do throws(ShellError) {
            outcome = .success(try await InteractiveSession(configuration).run())
        } catch {
            outcome = .failure(error)
        }
        // Reading ends with the last writer.
        close(follower)
        await drain.value
        withExtendedLifetime(terminal) {}
        _ = try outcome.get()
        return collector.results
    }

    private static func drain(_ leader: Int32) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            var wait = pollfd(fd: leader, events: Int16(POLLIN), revents: 0)
            if poll(&wait, 1, -1) < 0, errno == EINTR { continue }
            guard read(leader, &buffer, buffer.count) > 0 else { return }
        }
    }
}

/// Keeps what each cell printed and how it ended.
private final class OutputCollector: SessionRecorder {
    private struct State {
        var current: [UInt8] = []
        var results: [TranscriptVerifier.Result] = []
    }

    private let state = Mutex(State())
    private let report: @Sendable (Int, TranscriptVerifier.Result) -> Void

    init(report: @escaping @Sendable (Int, TranscriptVerifier.Result) -> Void) {
        self.report = report
    }

    var results: [TranscriptVerifier.Result] { state.withLock { $0.results } }

    func cellBegins(number: Int, source: String, prompt: String) {
        state.withLock { $0.current = [] }
    }

    func output(_ bytes: [UInt8]) {
        state.withLock { $0.current += bytes }
    }

    func cellEnds(number: Int, status: Int32) {
        let (place, result) = state.withLock { state in
            let result = TranscriptVerifier.Result(
                status: status, output: String(decoding: state.current, as: UTF8.self))
            state.results.append(result)
            return (state.results.count - 1, result)
        }
        report(place, result)
    }

    func resized(columns: Int, rows: Int) {}
    func finish(status: Int32) {}
}
