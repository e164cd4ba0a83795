import CEditline
import Commands
import ContainerRuntime
import Glibc
import Synchronization
import Terminal

/// The shell on a terminal: reads cells, runs them, until the learner leaves.
public final class InteractiveSession: Sendable {
    private let configuration: ShellConfiguration

    public init(_ configuration: ShellConfiguration) {
        self.configuration = configuration
    }

    /// Whether a session can be had on these descriptors: both must be terminals.
    public static func isPossible(input: Int32 = 0, output: Int32 = 1) -> Bool {
        isatty(input) == 1 && isatty(output) == 1
    }

    /// The terminal has changed its size (SIGWINCH). From any thread.
    public func windowMayHaveChanged() {
        configuration.notices.news.windowMayHaveChanged()
        TerminalSizeMonitor.windowMayHaveChanged()
    }

    /// Ends the session as soon as can be (SIGTERM, SIGHUP). From any thread.
    public func leave() {
        configuration.notices.news.leave()
    }

    /// Runs until the learner leaves.
    /// - Returns: the exit status of the last cell.
    public func run() async throws(ShellError) -> Int32 {
        let history = History(file: configuration.historyPath.map { HistoryFile(path: $0) })
        let runner = try CellRunner(configuration, builtins: Builtins.make(configuration, history: history))
        let toolbox = runner.toolbox
        // The first cell that needs a shell finds the toolbox there already.
        Task { _ = try? await toolbox.container() }
        if let onToolbox = configuration.onToolbox {
            let beside = CapturedCells.RunnerBox(CellRunner(beside: runner))
            await onToolbox(try CapturedCells(beside, answers: AnswerBox()))
        }
        // Between cells: what a lesson says of a step that was passed is part of what a recording shows, and of no cell.
        let recorders = configuration.recorders
        configuration.notices.news.tell { text in
            for recorder in recorders { recorder.output(Array(text.utf8)) }
        }
        let loop = CellLoop(runner, history)
        let box = LoopBox(loop)
        let status = await BlockingThread.run { box.loop.run() }
        for recorder in configuration.recorders { recorder.finish(status: status) }
        return status
    }

    /// Hands the loop to the one thread that runs it.
    private final class LoopBox: @unchecked Sendable {
        // Right because nobody else keeps the loop, and its thread is waited for.
        let loop: CellLoop
        init(_ loop: CellLoop) { self.loop = loop }
    }
}
