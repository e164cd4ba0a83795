import Commands
import Terminal

/// What can stand at the cursor.
struct CompletionMenu: Sendable {
    /// What of the text before the cursor is replaced, in characters as they were typed.
    var typed: String
    var candidates: [Completion]

    init(typed: String = "", candidates: [Completion] = []) {
        self.typed = typed
        self.candidates = candidates
    }

    /// What all candidates begin with.
    var commonPrefix: String {
        guard var prefix = candidates.first?.word else { return "" }
        for candidate in candidates.dropFirst() {
            prefix = String(zip(prefix, candidate.word).prefix { $0 == $1 }.map(\.0))
        }
        return prefix
    }

    /// The candidates as lines: with explanations one a line, else in columns.
    /// - Parameter columns: the width of the terminal.
    func lines(columns: Int, style: Style, limit: Int = 60) -> [String] {
        let shown = candidates.prefix(limit)
        let widest = shown.map { DisplayWidth.of($0.word) }.max() ?? 0
        var lines: [String] = []
        if shown.contains(where: { !$0.explanation.isEmpty }) {
            for candidate in shown {
                let room = columns - widest - 5
                let explanation = room > 10 ? candidate.explanation.truncated(toColumns: room) : ""
                lines.append("  \(candidate.word.padded(toColumns: widest))  \(style(explanation, .dim))")
            }
        } else {
            let perRow = max(1, (columns - 2) / (widest + 2))
            let rowCount = (shown.count + perRow - 1) / perRow
            for row in 0..<rowCount {
                // Down the columns, as ls does.
                let cells = stride(from: row, to: shown.count, by: rowCount).map { shown[$0].word }
                let padded = cells.dropLast().map { $0.padded(toColumns: widest + 2) }
                lines.append("  " + padded.joined() + (cells.last ?? ""))
            }
        }
        if candidates.count > limit { lines.append("  … \(candidates.count - limit)") }
        return lines
    }
}

extension String {
    /// The text cut to `columns` terminal columns, with an ellipsis where something is missing.
    func truncated(toColumns columns: Int) -> String {
        guard DisplayWidth.of(self) > columns else { return self }
        var (text, width) = ("", 0)
        for character in self {
            let next = DisplayWidth.of(String(character))
            guard width + next < columns else { break }
            text.append(character)
            width += next
        }
        return text + "…"
    }
}
