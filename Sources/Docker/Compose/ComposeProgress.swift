import Commands
import Synchronization
import Terminal

/// What is being done to each part of a project: redrawn in place on a terminal, else a line for each change, on standard
/// error as docker compose does.
final class ComposeProgress: Sendable {
    private struct Row {
        let name: String
        var state: String
        var isDone: Bool
        var isError = false
        let since: ContinuousClock.Instant
        var until: ContinuousClock.Instant?
    }

    private struct State {
        var rows: [Row] = []
        var drawn = 0
    }

    private let output: OutputStream
    private let style: Style
    private let isLive: Bool
    private let isQuiet: Bool
    private let columns: Int
    private let state = Mutex(State())

    init(context: CommandContext, style wanted: String) {
        output = context.error
        style = Style(isTerminal: output.isTerminal, environment: context.environment)
        isLive = wanted == "tty" || wanted == "auto" && output.isTerminal && context.environment["TERM"] != "dumb"
        isQuiet = wanted == "quiet"
        columns = TerminalSize(descriptor: output.descriptor).map { Int($0.columns) } ?? 80
    }

    /// - Parameters:
    ///   - name: `Container app-web-1`
    ///   - text: `Starting`, `Started`, …
    func set(_ name: String, _ text: String, isDone: Bool = false, isError: Bool = false) {
        if isQuiet, !isError { return }
        state.withLock { state in
            if let index = state.rows.firstIndex(where: { $0.name == name }) {
                if state.rows[index].state == text { return }
                state.rows[index].state = text
                state.rows[index].isDone = isDone
                state.rows[index].isError = isError
                state.rows[index].until = isDone || isError ? .now : nil
            } else {
                state.rows.append(
                    Row(
                        name: name, state: text, isDone: isDone, isError: isError, since: .now,
                        until: isDone || isError ? .now : nil))
            }
            if isLive { draw(&state) } else { output.line(" \(name)  \(text)") }
        }
    }

    private func draw(_ state: inout State) {
        var text = state.drawn > 0 ? "\u{1B}[\(state.drawn)A" : ""
        let done = state.rows.count { $0.isDone }
        text += "\u{1B}[K" + style("[+] Running \(done)/\(state.rows.count)", .blue) + "\n"
        let width = min(state.rows.map { DisplayWidth.of($0.name) }.max() ?? 0, max(10, columns - 26))
        for row in state.rows {
            let mark = row.isError ? style("✘", .red) : row.isDone ? style("✔", .green) : style("⠿", .yellow)
            let elapsed = ((row.until ?? .now) - row.since) / .milliseconds(100)
            let tenths = Int(elapsed.rounded())
            let name = row.name.padded(toColumns: width)
            let word = row.isError ? style(row.state, .red) : row.isDone ? style(row.state, .green) : row.state
            text += "\u{1B}[K \(mark) \(name)  \(word)  \(tenths / 10).\(tenths % 10)s\n"
        }
        state.drawn = state.rows.count + 1
        output.write(text)
    }
}
