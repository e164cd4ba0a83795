/// Columns of text, aligned by display width, three spaces apart: the look of kubectl and docker tables.
public struct TablePrinter: Sendable {
    public var rows: [[String]]
    /// Spaces between columns.
    public var gap: Int
    /// Columns that every row keeps at least, so that tables printed one after the other (`-w`) line up.
    public var minimumWidths: [Int]

    public init(rows: [[String]] = [], gap: Int = 3, minimumWidths: [Int] = []) {
        self.rows = rows
        self.gap = gap
        self.minimumWidths = minimumWidths
    }

    /// The width of each column's widest cell.
    public var widths: [Int] {
        var widths = minimumWidths
        for row in rows {
            for (index, cell) in row.enumerated() {
                let width = DisplayWidth.of(cell)
                if index < widths.count { widths[index] = max(widths[index], width) } else { widths.append(width) }
            }
        }
        return widths
    }

    /// The lines, each ended by a newline. The last column is not padded.
    public func text() -> String {
        let widths = widths
        var text = ""
        for row in rows {
            for (index, cell) in row.enumerated() {
                let isLast = index == row.count - 1
                text += isLast ? cell : cell.padded(toColumns: widths[index] + gap)
            }
            text += "\n"
        }
        return text
    }
}
