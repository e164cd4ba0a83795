/// Boxes on top of each other, as layers of images are: one or more stacks side by side, and below them what all of them
/// stand on.
public struct StackedBoxes: Picture {
    public struct Box: Sendable, Hashable {
        public var label: String
        /// At the right edge: a size.
        public var note: String
        /// Stands out: it can be written to.
        public var isEmphasized: Bool

        public init(_ label: String, note: String = "", isEmphasized: Bool = false) {
            self.label = label
            self.note = note
            self.isEmphasized = isEmphasized
        }
    }

    public struct Stack: Sendable, Hashable {
        public var title: String
        /// From the top down.
        public var boxes: [Box]

        public init(_ title: String, _ boxes: [Box]) {
            self.title = title
            self.boxes = boxes
        }
    }

    public var stacks: [Stack]
    /// Below all stacks, from the top down.
    public var shared: [Box]

    public init(stacks: [Stack], shared: [Box] = []) {
        self.stacks = stacks
        self.shared = shared
    }

    /// The lines, without newlines. Stacks that do not fit beside each other stand in groups below each other, each on
    /// what is shared.
    public func lines(_ canvas: Canvas) -> [String] {
        guard !stacks.isEmpty else { return [] }
        let most = max((canvas.columns + 2) / (Self.narrowest + 2), 1)
        var lines: [String] = []
        var rest = stacks[...]
        while !rest.isEmpty {
            if !lines.isEmpty { lines.append("") }
            lines += group(Array(rest.prefix(most)), canvas)
            rest = rest.dropFirst(most)
        }
        return lines
    }

    private static let narrowest = 22
    private static let widest = 66

    private func group(_ stacks: [Stack], _ canvas: Canvas) -> [String] {
        let gap = 2
        let width = min((canvas.columns - gap * (stacks.count - 1)) / stacks.count, Self.widest)
        let total = width * stacks.count + gap * (stacks.count - 1)
        let (corner, bar) = (canvas.pick("│", "|"), canvas.pick("─", "-"))
        func edge(_ left: String, _ right: String, _ width: Int) -> String {
            left + String(repeating: bar, count: width - 2) + right
        }
        let columns = stacks.map { stack -> [String] in
            // It stands on its stack, however high that is.
            let title = canvas.clipped(" " + stack.title, toColumns: width).padded(toColumns: width)
            var lines = stack.title.isEmpty ? [] : [title]
            for (index, box) in stack.boxes.enumerated() {
                lines.append(
                    index == 0
                        ? edge(canvas.pick("┌", "+"), canvas.pick("┐", "+"), width)
                        : edge(canvas.pick("├", "+"), canvas.pick("┤", "+"), width))
                lines.append(line(box, width: width, corner, canvas))
            }
            if shared.isEmpty, !stack.boxes.isEmpty {
                lines.append(edge(canvas.pick("└", "+"), canvas.pick("┘", "+"), width))
            }
            return lines
        }
        var lines: [String] = []
        let height = columns.map(\.count).max() ?? 0
        for row in 0..<height {
            // Stacks stand on the ground, they do not hang from the ceiling.
            let cells = columns.map { column in
                let index = row - (height - column.count)
                return index >= 0 ? column[index] : String(repeating: " ", count: width)
            }
            lines.append(Self.trimmedRight(cells.joined(separator: String(repeating: " ", count: gap))))
        }
        guard !shared.isEmpty else { return lines }
        lines.append(seam(stacks, width: width, gap: gap, canvas))
        for (index, box) in shared.enumerated() {
            if index > 0 { lines.append(edge(canvas.pick("├", "+"), canvas.pick("┤", "+"), total)) }
            lines.append(line(box, width: total, corner, canvas))
        }
        lines.append(edge(canvas.pick("└", "+"), canvas.pick("┘", "+"), total))
        return lines
    }

    /// Where stacks stand on what they share.
    private func seam(_ stacks: [Stack], width: Int, gap: Int, _ canvas: Canvas) -> String {
        guard canvas.glyphs == .unicode else {
            let total = width * stacks.count + gap * (stacks.count - 1)
            return "+" + String(repeating: "-", count: total - 2) + "+"
        }
        var seam = ""
        for (index, stack) in stacks.enumerated() {
            let (isFirst, isLast, stands) = (index == 0, index == stacks.count - 1, !stack.boxes.isEmpty)
            seam += stands ? (isFirst ? "├" : "┴") : (isFirst ? "┌" : "─")
            seam += String(repeating: "─", count: width - 2)
            seam += stands ? (isLast ? "┤" : "┴") : (isLast ? "┐" : "─")
            if !isLast { seam += String(repeating: "─", count: gap) }
        }
        return seam
    }

    private func line(_ box: Box, width: Int, _ corner: String, _ canvas: Canvas) -> String {
        let room = width - 4
        let note = canvas.clipped(box.note, toColumns: max(room - 4, 0))
        let noteWidth = DisplayWidth.of(note)
        let labelRoom = noteWidth > 0 ? room - noteWidth - 1 : room
        let label = canvas.clipped(box.label, toColumns: labelRoom).padded(toColumns: labelRoom)
        let text = noteWidth > 0 ? label + " " + note : label
        return "\(corner) \(box.isEmphasized ? canvas.style(text, .bold, .green) : text) \(corner)"
    }

    private static func trimmedRight(_ line: String) -> String {
        var line = line
        while line.last == " " { line.removeLast() }
        return line
    }
}
