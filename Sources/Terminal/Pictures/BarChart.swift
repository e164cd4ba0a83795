/// Horizontal bars, one below the other, all to one scale: the eye compares lengths along a common edge best.
public struct BarChart: Picture {
    public struct Bar: Sendable, Hashable {
        public var label: String
        /// Not negative.
        public var value: Double
        /// The value as people read it, with its unit: `1.9 s`.
        public var text: String
        /// Bars of one series have one colour.
        public var series: Int

        public init(_ label: String, _ value: Double, _ text: String, series: Int = 0) {
            self.label = label
            self.value = value
            self.text = text
            self.series = series
        }
    }

    public var title: String
    public var bars: [Bar]

    public init(title: String = "", bars: [Bar]) {
        self.title = title
        self.bars = bars
    }

    /// The lines, without newlines. The longest bar reaches to the edge that labels and values leave; a value above zero
    /// always shows something.
    public func lines(_ canvas: Canvas) -> [String] {
        let texts = bars.map { $0.text }
        let textWidth = texts.map { DisplayWidth.of($0) }.max() ?? 0
        let widest = bars.map { DisplayWidth.of($0.label) }.max() ?? 0
        // A label may take what a bar of ten columns leaves.
        let labelWidth = min(widest, max(canvas.columns - textWidth - 16, 8))
        let room = max(canvas.columns - 2 - labelWidth - 2 - textWidth - 1, 4)
        let largest = bars.map(\.value).filter(\.isFinite).max() ?? 0
        var lines = title.isEmpty ? [] : [canvas.style(canvas.clipped(title, toColumns: canvas.columns), .bold)]
        for bar in bars {
            let label = canvas.clipped(bar.label, toColumns: labelWidth).padded(toColumns: labelWidth)
            let share = largest > 0 && bar.value.isFinite ? max(bar.value, 0) / largest : 0
            let drawn = Self.bar(share, room: room, canvas)
            let gap = drawn.isEmpty ? "" : " "
            lines.append("  \(label)  \(canvas.coloured(drawn, bar.series))\(gap)\(bar.text)")
        }
        return lines
    }

    /// Eighths of a column, where the characters have them.
    static func bar(_ share: Double, room: Int, _ canvas: Canvas) -> String {
        guard share > 0 else { return "" }
        guard canvas.glyphs == .unicode else {
            return String(repeating: "#", count: max(1, Int((share * Double(room)).rounded())))
        }
        let eighths = max(1, Int((share * Double(room) * 8).rounded()))
        let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        return String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
    }
}
