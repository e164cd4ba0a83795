/// Who shares what: things in rows, those who have them in columns. Within a row, the same letter is the same thing.
public struct SharingMatrix: Picture {
    public struct Row: Sendable, Hashable {
        public var label: String
        /// What each column has, or nil where that is not known: equal text is the same thing.
        public var identities: [String?]

        public init(_ label: String, _ identities: [String?]) {
            self.label = label
            self.identities = identities
        }
    }

    public var columns: [String]
    public var rows: [Row]

    public init(columns: [String], rows: [Row]) {
        self.columns = columns
        self.rows = rows
    }

    /// The letters of a row: `A` is what the first column has.
    static func letters(_ identities: [String?]) -> [String] {
        var seen: [String] = []
        return identities.map { identity in
            guard let identity else { return "?" }
            let index = seen.firstIndex(of: identity) ?? seen.count
            if index == seen.count { seen.append(identity) }
            return letter(index)
        }
    }

    private static func letter(_ index: Int) -> String {
        let first = Unicode.Scalar(UInt8(ascii: "A") + UInt8(index % 26))
        return String(Character(first)) + (index >= 26 ? String(index / 26) : "")
    }

    /// The lines, without newlines. Columns that do not fit stand in a further table below, each beside the first one.
    public func lines(_ canvas: Canvas) -> [String] {
        let labelWidth = rows.map { DisplayWidth.of($0.label) }.max() ?? 0
        let letters = rows.map { Self.letters($0.identities) }
        // Any column fits beside the first.
        let room = canvas.columns - labelWidth - 2 * Self.gap.count
        let first = canvas.clipped(columns.first ?? "", toColumns: max(room / 2, 2))
        let others = columns.dropFirst().map { canvas.clipped($0, toColumns: max(room - DisplayWidth.of(first), 2)) }
        let titles = [first] + others
        var lines: [String] = []
        for group in groups(titles, room: canvas.columns - labelWidth) {
            if !lines.isEmpty { lines.append("") }
            var header = "".padded(toColumns: labelWidth)
            for column in group { header += Self.gap + canvas.style(titles[column], .bold) }
            lines.append(header)
            for (row, letters) in zip(rows, letters) {
                var line = row.label.padded(toColumns: labelWidth)
                for column in group {
                    guard column < letters.count else { continue }
                    let width = DisplayWidth.of(titles[column])
                    let left = (width - 1) / 2
                    let letter = letters[column]
                    let index = Int(letter.unicodeScalars.first.map { $0.value } ?? 65) - 65
                    let shown = letter == "?" ? letter : canvas.coloured(letter, index)
                    line += Self.gap + String(repeating: " ", count: left) + shown
                    line += String(repeating: " ", count: max(width - left - letter.count, 0))
                }
                while line.last == " " { line.removeLast() }
                lines.append(line)
            }
        }
        return lines
    }

    private static let gap = "   "

    private func groups(_ titles: [String], room: Int) -> [[Int]] {
        var groups: [[Int]] = []
        var group: [Int] = []
        var used = 0
        for (index, title) in titles.enumerated() {
            let width = DisplayWidth.of(title) + Self.gap.count
            if group.count > (groups.isEmpty ? 0 : 1), used + width > room {
                groups.append(group)
                // The first column, usually the machine itself, is what the others are compared with.
                group = [0]
                used = DisplayWidth.of(titles[0]) + Self.gap.count
            }
            group.append(index)
            used += width
        }
        if !group.isEmpty { groups.append(group) }
        return groups
    }
}
