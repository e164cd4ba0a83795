import CEditline
import Commands
import ContainerRuntime
import Glibc
import Terminal

/// The session's thread: prompt, cell, prompt, cell.
final class CellLoop {
    let runner: CellRunner
    let history: History
    let output: OutputStream
    let input: Int32
    /// The terminal shows more than ASCII.
    let showsUnicode: Bool
    let style: Style
    var shell: TerminalShell?
    let token = String((0..<16).map { _ in "0123456789abcdef".randomElement() ?? "0" })
    /// Keys that were typed while a cell ran.
    private var typedAhead: [UInt8] = []
    private var number = 1

    var configuration: ShellConfiguration { runner.configuration }
    var news: EditorNews { configuration.notices.news }
    var language: Language { configuration.language.current }

    init(_ runner: CellRunner, _ history: History) {
        self.runner = runner
        self.history = history
        input = runner.configuration.input
        output = OutputStream(descriptor: runner.configuration.output)
        let environment = runner.configuration.environment
        showsUnicode = ce_use_utf8_locale() && environment["TERM"] != "dumb"
        style = Style(isTerminal: true, environment: environment)
    }

    /// - Returns: the exit status of the session.
    func run() -> Int32 {
        ce_keep_terminal(input)
        defer { ce_restore_terminal() }
        if let greeting = configuration.greeting { output.write(greeting(language)) }
        if let status = runOpening() { return status }
        let reader: any CellReader
        if configuration.environment["TERM"] == "dumb" || configuration.environment["TERM"] == nil {
            reader = PlainCellReader(input: input, output: output, news: news)
        } else if let editor = LineEditor(
            input: input, output: output.descriptor, news: news, history: history, language: language, style: style)
        {
            let completer = Completer(runner: runner)
            editor.complete = { before in completer.menu(for: before) }
            reader = editor
        } else {
            reader = PlainCellReader(input: input, output: output, news: news)
        }
        while true {
            let prompt = Prompt.cell(number, language: language, style: style, unicode: showsUnicode)
            reader.prepare(language: language, typedAhead: typedAhead)
            typedAhead = []
            switch readCell(reader, prompt) {
            case .cell(let cell):
                history.append(cell)
                if let status = runAndReport(cell, prompt) { return farewell(status) }
                number += 1
            case .nothing: continue
            case .end:
                output.line()
                return farewell(runner.lastStatus)
            case .leave: return runner.lastStatus
            }
        }
    }

    /// Runs the opening cells.
    /// - Returns: the session's exit status, if it is over.
    private func runOpening() -> Int32? {
        for cell in configuration.openingCells {
            guard !news.isToldToLeave(within: cell.pause) else { return runner.lastStatus }
            for notice in news.takeNotices() { output.write(notice) }
            let prompt = Prompt.cell(number, language: language, style: style, unicode: showsUnicode)
            output.line(prompt.text + cell.source)
            if let status = runAndReport(cell.source, prompt) { return farewell(status) }
            number += 1
        }
        return configuration.endsAfterOpening ? runner.lastStatus : nil
    }

    private enum Reading {
        case cell(String)
        case nothing, end, leave
    }

    /// Reads lines until they make a cell.
    private func readCell(_ reader: any CellReader, _ prompt: Prompt) -> Reading {
        var text = ""
        var next = prompt
        while true {
            switch reader.read(next) {
            case .line(let line):
                text += text.isEmpty ? line : "\n" + line
                if text.allSatisfy(\.isWhitespace) { return .nothing }
                if CellCompleteness(of: text) == .complete { return .cell(text) }
                next = Prompt.continuation(style: style, unicode: showsUnicode)
            case .interrupted: return .nothing
            case .end where text.isEmpty: return .end
            // Ctrl-D in the middle of a cell: the shell says what is missing.
            case .end:
                output.line()
                return .cell(text)
            case .leave: return .leave
            }
        }
    }

    private func farewell(_ status: Int32) -> Int32 {
        let text = Localized(ko: "순항하세요! 다음에 또 만나요.", en: "Fair winds! See you next time.")
        output.line(style(text(language), .dim))
        return status
    }

    /// Runs a cell and says how it went, where that is worth a line.
    /// - Returns: the session's exit status, if it is over.
    private func runAndReport(_ cell: String, _ prompt: Prompt) -> Int32? {
        for recorder in configuration.recorders {
            recorder.cellBegins(number: number, source: cell, prompt: prompt.text)
        }
        let start = ContinuousClock.now
        let outcome = runCell(cell)
        let elapsed = ContinuousClock.now - start
        runner.lastStatus = outcome.status
        // A Ctrl-D that nobody read: the kernel keeps it as a zero (n_tty's EOF mark).
        typedAhead = outcome.typedAhead.map { $0 == 0 ? 0x04 : $0 }
        if outcome.leavesCursorInRow { show("\r\n") }
        if let advice = runner.advice(for: cell, status: outcome.status) {
            let columns = TerminalSize(descriptor: output.descriptor).map { Int($0.columns) } ?? 80
            show(LineWrap.lines(advice(language), columns: columns).joined(separator: "\r\n") + "\r\n")
        }
        if !outcome.isLast {
            if !LessonCommands.tellOutcome(cell) { reportStatus(outcome.status, elapsed) }
            if let onCellEnd = configuration.onCellEnd { waitFor { await onCellEnd() } }
        }
        for recorder in configuration.recorders { recorder.cellEnds(number: number, status: outcome.status) }
        return outcome.isLast ? outcome.status : nil
    }

    /// A job that Ctrl-Z stopped: 128 + SIGTSTP. It says so itself.
    private static let stopped: Int32 = 148

    private func reportStatus(_ status: Int32, _ elapsed: Duration) {
        var notes: [String] = []
        if status != 0, status != Self.stopped {
            notes.append(style(showsUnicode ? "✗ \(status)" : "x \(status)", .red))
            if let meaning = ExitStatusNote.text(status) { notes.append(style(meaning, .dim)) }
        }
        if elapsed > .seconds(2) {
            let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
            let tenths = Int((seconds * 10).rounded())
            notes.append(style("\(tenths / 10).\(tenths % 10) s", .dim))
        }
        if !notes.isEmpty { output.line(notes.joined(separator: "  ")) }
    }

    /// Prints, for the recording too.
    func show(_ text: String) {
        output.write(text)
        for recorder in configuration.recorders { recorder.output(Array(text.utf8)) }
    }
}
