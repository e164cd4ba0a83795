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

    /// The table for a terminal of so many columns, where lines that wrap could hardly be read: its columns move together,
    /// then those that are empty in every row are left out, then one that is cut anyway is cut shorter. What does not
    /// fit even so is laid out as everywhere else.
    /// - Parameters:
    ///   - columns: of the terminal; nil where there is none
    ///   - shortenable: the place of the column that may be cut, down to 12 columns
    public func text(fitting columns: Int?, shortenable: Int? = nil) -> String {
        guard let columns, rows.count > 1, !isStyled, minimumWidths.isEmpty, !isFitting(columns) else { return text() }
        var table = self
        table.gap = min(gap, 2)
        if table.isFitting(columns) { return table.text() }
        let empty = Set(
            widths.indices.filter { place in
                rows.dropFirst().allSatisfy { !$0.indices.contains(place) || $0[place].isEmpty }
            })
        table.rows = rows.map { row in row.indices.filter { !empty.contains($0) }.map { row[$0] } }
        if table.isFitting(columns) { return table.text() }
        if let shortenable, !empty.contains(shortenable) {
            let place = shortenable - empty.filter { $0 < shortenable }.count
            let room = max(12, table.widths[place] - (table.width - columns))
            for index in table.rows.indices where table.rows[index].indices.contains(place) {
                table.rows[index][place] = Self.cut(VisibleText.cell(table.rows[index][place]), to: room)
            }
            if table.isFitting(columns) { return table.text() }
        }
        table.gap = 1
        return table.isFitting(columns) ? table.text() : text()
    }

    private static func cut(_ text: String, to columns: Int) -> String {
        guard DisplayWidth.of(text) > columns else { return text }
        let end = text.hasSuffix("\"") ? "…\"" : "…"
        var kept = text
        while DisplayWidth.of(kept) > columns - DisplayWidth.of(end) { kept.removeLast() }
        return kept + end
    }

    private var width: Int { widths.reduce(0, +) + gap * max(0, widths.count - 1) }
    private func isFitting(_ columns: Int) -> Bool { width <= columns }

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
