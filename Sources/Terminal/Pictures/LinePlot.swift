/// Values over time: one or more lines in one frame, drawn in braille dots (two by four a character) where a terminal has
/// them and one colour can tell the lines apart, and with a mark a line otherwise.
public struct LinePlot: Picture {
    public struct Series: Sendable, Hashable {
        public var label: String
        /// In the order of `x`.
        public var points: [Point]

        public init(_ label: String, _ points: [Point]) {
            self.label = label
            self.points = points
        }
    }

    public struct Point: Sendable, Hashable {
        public var x: Double
        public var y: Double

        public init(x: Double, y: Double) {
            self.x = x
            self.y = y
        }
    }

    public var title: String
    public var series: [Series]
    /// What stands behind the numbers of either axis: `%`, `s`.
    public var xUnit: String
    public var yUnit: String
    /// The upper end of either axis; what the data need where nil. Both begin at zero: a cut axis exaggerates.
    public var xLimit: Double?
    public var yLimit: Double?
    /// Lines of the frame, without title, axis and legend.
    public var rows: Int

    public init(
        title: String = "", series: [Series], xUnit: String = "s", yUnit: String = "", xLimit: Double? = nil,
        yLimit: Double? = nil, rows: Int = 10
    ) {
        self.title = title
        self.series = series
        self.xUnit = xUnit
        self.yUnit = yUnit
        self.xLimit = xLimit
        self.yLimit = yLimit
        self.rows = max(rows, 3)
    }

    /// The lines, without newlines: title, frame, axis, legend.
    public func lines(_ canvas: Canvas) -> [String] {
        let points = series.flatMap(\.points).filter { $0.x.isFinite && $0.y.isFinite }
        let top = yLimit ?? Self.roundLimit(points.map(\.y).max() ?? 0)
        let right = xLimit ?? max(points.map(\.x).max() ?? 0, 1e-9)
        let ticks = [0: top, rows / 2: top / 2, rows - 1: 0]
        let labels = ticks.mapValues { Self.number($0) + yUnit }
        let labelWidth = labels.values.map { DisplayWidth.of($0) }.max() ?? 0
        let width = max(canvas.columns - labelWidth - 3, 10)
        let grid = draw(width: width, top: top, right: right, canvas)
        var lines = title.isEmpty ? [] : [canvas.style(canvas.clipped(title, toColumns: canvas.columns), .bold)]
        for (row, cells) in grid.enumerated() {
            let label = labels[row] ?? ""
            let edge = labels[row] == nil ? canvas.pick("│", "|") : canvas.pick("┤", "+")
            let pad = String(repeating: " ", count: labelWidth - DisplayWidth.of(label))
            lines.append("\(pad)\(label) \(edge)" + Self.trimmed(cells, canvas))
        }
        let indent = String(repeating: " ", count: labelWidth + 1)
        lines.append(indent + canvas.pick("└", "+") + String(repeating: canvas.pick("─", "-"), count: width))
        let end = Self.number(right) + xUnit
        lines.append(indent + " 0" + String(repeating: " ", count: max(width - 1 - DisplayWidth.of(end), 1)) + end)
        if series.count > 1 || !(series.first?.label.isEmpty ?? true) {
            lines += legend(canvas, indent: indent + " ")
        }
        return lines
    }

    /// One mark a line, where colour cannot tell them apart.
    private static func mark(_ index: Int, _ canvas: Canvas) -> String {
        let marks = canvas.glyphs == .unicode ? ["•", "○", "×", "+"] : ["*", "o", "x", "+"]
        return marks[index % marks.count]
    }

    private func usesDots(_ canvas: Canvas) -> Bool {
        canvas.glyphs == .unicode && (canvas.style.isEnabled || series.count < 2)
    }

    private func legend(_ canvas: Canvas, indent: String) -> [String] {
        let entries = series.enumerated().map { index, series in
            canvas.coloured(usesDots(canvas) ? "━━" : Self.mark(index, canvas), index) + " " + series.label
        }
        // On one line if it fits, else one below the other.
        let joined = indent + entries.joined(separator: "   ")
        return DisplayWidth.of(joined) <= canvas.columns ? [joined] : entries.map { indent + $0 }
    }

    private struct Cell {
        var dots: UInt8 = 0
        var series: Int?
    }

    private func draw(width: Int, top: Double, right: Double, _ canvas: Canvas) -> [[Cell]] {
        var grid = Array(repeating: Array(repeating: Cell(), count: width), count: rows)
        let isFine = usesDots(canvas)
        let (columns, height) = isFine ? (width * 2, rows * 4) : (width, rows)
        // Bits of U+2800, by column and row of a character.
        let bits: [[UInt8]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
        func set(_ x: Int, _ y: Int, _ index: Int) {
            guard (0..<columns).contains(x), (0..<height).contains(y) else { return }
            let row = height - 1 - y
            if isFine {
                grid[row / 4][x / 2].dots |= bits[x % 2][row % 4]
                grid[row / 4][x / 2].series = index
            } else {
                grid[row][x].series = index
            }
        }
        for (index, series) in series.enumerated() {
            var last: (x: Int, y: Int)?
            for point in series.points where point.x.isFinite && point.y.isFinite {
                let x = Int((min(max(point.x / right, 0), 1) * Double(columns - 1)).rounded())
                let y = Int((min(max(point.y / top, 0), 1) * Double(height - 1)).rounded())
                if let last {
                    let steps = max(abs(x - last.x), abs(y - last.y), 1)
                    for step in 0...steps {
                        let share = Double(step) / Double(steps)
                        set(
                            last.x + Int((Double(x - last.x) * share).rounded()),
                            last.y + Int((Double(y - last.y) * share).rounded()), index)
                    }
                } else {
                    set(x, y, index)
                }
                last = (x, y)
            }
        }
        return grid
    }

    /// Cells of one line beside each other are coloured together: a frame is sent often.
    private static func trimmed(_ cells: [Cell], _ canvas: Canvas) -> String {
        guard let end = cells.lastIndex(where: { $0.series != nil }) else { return "" }
        var (text, run) = ("", "")
        var current: Int?
        for cell in cells[...end] {
            if cell.series != current {
                text += current.map { canvas.coloured(run, $0) } ?? run
                (run, current) = ("", cell.series)
            }
            if let series = cell.series {
                let dots = Unicode.Scalar(0x2800 + UInt32(cell.dots))
                run += cell.dots == 0 ? mark(series, canvas) : dots.map { String(Character($0)) } ?? ""
            } else {
                run += " "
            }
        }
        return text + (current.map { canvas.coloured(run, $0) } ?? run)
    }

    /// The next round number: 1, 2 or 5 times a power of ten.
    public static func roundLimit(_ value: Double) -> Double {
        guard value > 0, value.isFinite else { return 1 }
        var power = 1.0
        while power < value { power *= 10 }
        while power / 10 >= value { power /= 10 }
        return [power / 5, power / 2].first { $0 >= value * 0.999_999 } ?? power
    }

    /// At most two digits behind the point, none that say nothing.
    static func number(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        if hundredths % 100 == 0 { return String(hundredths / 100) }
        let fraction = abs(hundredths % 100)
        let sign = value < 0 && hundredths / 100 == 0 ? "-" : ""
        let digits = fraction % 10 == 0 ? String(fraction / 10) : (fraction < 10 ? "0" : "") + String(fraction)
        return "\(sign)\(hundredths / 100).\(digits)"
    }
}
