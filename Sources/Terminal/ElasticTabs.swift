/// Text whose tab characters end cells: cells of neighbouring lines line up (elastic tabstops, as Go's text/tabwriter
/// lays out what `kubectl describe` prints). The text behind a line's last tab belongs to no column.
public struct ElasticTabs: Sendable {
    /// Spaces behind the widest cell of a column.
    public var padding: Int
    private var lines: [[String]] = []
    private var open = ""

    public init(padding: Int = 2) {
        self.padding = padding
    }

    /// Adds text, which may hold any number of lines.
    public mutating func write(_ text: String) {
        for character in text {
            if character == "\n" {
                lines.append(cells(of: open))
                open = ""
            } else {
                open.append(character)
            }
        }
    }

    /// The text, every cell padded to its column.
    public func text() -> String {
        let lines = open.isEmpty ? lines : lines + [cells(of: open)]
        var widths = lines.map { Array(repeating: 0, count: max(0, $0.count - 1)) }
        for column in 0..<(widths.map(\.count).max() ?? 0) {
            var start = 0
            while start < lines.count {
                // A column reaches over neighbouring lines that have a cell there.
                var end = start
                var width = 0
                while end < lines.count, widths[end].count > column {
                    width = max(width, DisplayWidth.of(lines[end][column]) + padding)
                    end += 1
                }
                for line in start..<end { widths[line][column] = width }
                start = max(end, start + 1)
            }
        }
        var text = ""
        for (line, widths) in zip(lines, widths) {
            for (cell, width) in zip(line, widths) { text += cell.padded(toColumns: width) }
            text += (line.last ?? "") + "\n"
        }
        return text
    }

    private func cells(of line: String) -> [String] {
        line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
}
