/// Columns of text, aligned by display width, three spaces apart: the look of kubectl and docker tables.
public struct TablePrinter: Sendable {
    /// What a cell says may come from anywhere (a container's command, an annotation): control characters in it are
    /// shown, not sent, and it ends at its first newline.
    public var rows: [[String]]
    /// Spaces between columns.
    public var gap: Int
    /// Columns that every row keeps at least, so that tables printed one after the other (`-w`) line up.
    public var minimumWidths: [Int]
    private let isStyled: Bool

    /// - Parameter isStyled: cells hold escape sequences of this program's own, and nothing from elsewhere.
    public init(rows: [[String]] = [], gap: Int = 3, minimumWidths: [Int] = [], isStyled: Bool = false) {
        self.rows = rows
        self.isStyled = isStyled
        self.gap = gap
        self.minimumWidths = minimumWidths
    }

    /// The width of each column's widest cell.
    public var widths: [Int] { widths(of: cells) }

    private var cells: [[String]] { isStyled ? rows : rows.map { $0.map(VisibleText.cell) } }

    private func widths(of cells: [[String]]) -> [Int] {
        var widths = minimumWidths
        for row in cells {
            for (index, cell) in row.enumerated() {
                let width = DisplayWidth.of(cell)
                if index < widths.count { widths[index] = max(widths[index], width) } else { widths.append(width) }
            }
        }
        return widths
    }

    /// The lines, each ended by a newline. The last column is not padded.
    public func text() -> String {
        let cells = cells
        let widths = widths(of: cells)
        var text = ""
        for row in cells {
            for (index, cell) in row.enumerated() {
                let isLast = index == row.count - 1
                text += isLast ? cell : cell.padded(toColumns: widths[index] + gap)
            }
            text += "\n"
        }
        return text
    }
}
