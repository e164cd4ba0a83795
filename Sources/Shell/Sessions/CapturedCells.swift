import ContainerRuntime
import Glibc
public import Lessons
import Terminal

/// Runs cells one after the other in the shell without a terminal, and keeps what each prints: how lessons are set up and
/// proved.
public actor CapturedCells: CellExecutor {
    private let runner: RunnerBox
    private let cells: CellsBox
    private let answers: AnswerBox
    /// What the cells print: a file without a name, so that no output can fill a pipe while nobody reads.
    private let capture: Int32
    private var position: off_t = 0
    /// Cells run one at a time, in the order they were asked for.
    private var last: Task<Int32, Never>?

    /// With a toolbox of its own.
    /// - Throws: `.socket` where the toolbox cannot be served, `.unreadable` where there is no room for output.
    public init(_ configuration: ShellConfiguration, answers: AnswerBox) throws(ShellError) {
        let runner = try CellRunner(configuration, builtins: Builtins.make(configuration, history: nil))
        try self.init(RunnerBox(runner), answers: answers)
    }

    /// - Parameter runner: for these cells alone.
    init(_ box: RunnerBox, answers: AnswerBox) throws(ShellError) {
        let runner = box.runner
        let template = runner.configuration.runtimeDirectory + "/output-XXXXXX"
        var path = Array(template.utf8CString)
        capture = mkstemp(&path)
        // The Glibc module does not show mkostemp(3).
        guard capture >= 0, fcntl(capture, F_SETFD, FD_CLOEXEC) == 0, fcntl(capture, F_SETFL, O_APPEND) == 0 else {
            throw .unreadable(path: template, errno: errno)
        }
        unlink(path)
        self.runner = box
        cells = CellsBox(
            ScriptCells(runner, Interruption(), StreamDescriptors(output: capture, error: capture), name: "captured"))
        self.answers = answers
    }

    deinit {
        close(capture)
    }

    public func execute(_ cell: String) async -> (status: Int32, output: String) {
        let (before, cells) = (last, cells)
        let run = Task {
            _ = await before?.value
            return await BlockingThread.run { () -> Int32 in
                var status: Int32 = 0
                for part in CellSequence(cell) {
                    let outcome = cells.cells.run(part)
                    status = outcome.status
                    if outcome.isLast { break }
                }
                return status
            }
        }
        last = run
        let status = await run.value
        return (status, takeOutput())
    }

    public func takeAnswer() async -> String? {
        await answers.take()
    }

    private func takeOutput() -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = pread(capture, &buffer, buffer.count, position)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(contentsOf: buffer[..<count])
            position += off_t(count)
        }
    }

    /// Gives a runner away.
    final class RunnerBox: @unchecked Sendable {
        // Right because whoever gives it keeps no use of it, and here only its cells use it, one at a time.
        let runner: CellRunner
        init(_ runner: CellRunner) { self.runner = runner }
    }

    private final class CellsBox: @unchecked Sendable {
        // Right because cells run one at a time, each after the task of the one before.
        let cells: ScriptCells
        init(_ cells: ScriptCells) { self.cells = cells }
    }
}

/// The last answer that a cell gave where no learner is asked.
public actor AnswerBox {
    private var answer: String?

    public init() {}

    func put(_ text: String) {
        answer = text
    }

    func take() -> String? {
        defer { answer = nil }
        return answer
    }
}
