import ContainerRuntime
import Terminal

/// What the kernel knows of a container, told section by section.
struct XRayReport {
    let view: KernelView
    let sections: [XRaySection]
    let language: Language
    /// What made the image's layers, from the top down.
    var layerNames: [String] = []

    func lines(_ canvas: Canvas) -> [String] {
        var lines = [headline(canvas)]
        for section in sections {
            let body = self.body(section, canvas)
            guard !body.isEmpty else { continue }
            lines.append("")
            lines.append(canvas.style(section.title(language), .bold, .cyan))
            let note = LineWrap.lines(section.explanation(language), columns: canvas.columns - 2)
            lines += note.map { "  " + canvas.style($0, .dim) } + body
        }
        return lines
    }

    private func headline(_ canvas: Canvas) -> String {
        let status = view.status
        let state: Localized =
            switch status.state {
            case .running:
                Localized(ko: "도는 중, PID \(status.pid ?? 0)", en: "running, PID \(status.pid ?? 0)")
            case .exited:
                Localized(ko: "끝남 (\(status.exit?.code ?? 0))", en: "exited (\(status.exit?.code ?? 0))")
            default: Localized(status.state.rawValue)
            }
        let text = "\(ContainerWord.name(of: status))  \(status.imageReference)  \(state(language))"
        return canvas.style(canvas.clipped(VisibleText.cell(text), toColumns: canvas.columns), .bold)
    }

    private func body(_ section: XRaySection, _ canvas: Canvas) -> [String] {
        let isRunning = view.status.state == .running
        switch section {
        case .processes: return isRunning ? XRayProcesses(view).lines(language, canvas) : notRunning(canvas)
        case .namespaces: return XRayNamespaces(view).lines(language, canvas)
        case .layers: return XRayLayers(view, names: layerNames).lines(language, canvas)
        case .mounts: return XRayMounts(view).lines(language, canvas)
        case .rights: return XRayRights(view).lines(language, canvas)
        case .calls: return XRayCalls(view).lines(language, canvas)
        case .limits: return XRayLimits(view).lines(language, canvas)
        case .network: return XRayNetwork(view).lines(language, canvas)
        case .birth: return XRayBirth(view).lines(language, canvas)
        }
    }

    private func notRunning(_ canvas: Canvas) -> [String] {
        let text = Localized(
            ko: "프로세스가 없어요. 컨테이너는 프로세스이니, 끝나면 층만 남아요.",
            en: "There are none. A container is a process: when it has ended, its layers are what is left.")
        return LineWrap.lines(text(language), columns: canvas.columns - 2).map { "  " + $0 }
    }
}

/// Tables and lists as sections have them: two columns in, and no wider than the screen.
enum XRayText {
    /// - Parameter flexible: the column that is cut where a line is too long; -1 is the last.
    static func table(_ rows: [[String]], _ canvas: Canvas, flexible: Int = -1) -> [String] {
        guard let count = rows.map(\.count).max(), count > 0 else { return [] }
        let column = flexible < 0 ? count - 1 : flexible
        var cells = rows.map { $0.map(VisibleText.cell) }
        let widths = TablePrinter(rows: cells, gap: 2).widths
        let others =
            widths.enumerated().filter { $0.offset != column }.map(\.element).reduce(0, +) + 2 * (count - 1) + 2
        let room = max(canvas.columns - others, 6)
        for index in cells.indices where column < cells[index].count {
            cells[index][column] = canvas.clipped(cells[index][column], toColumns: room)
        }
        return TablePrinter(rows: cells, gap: 2).text().split(separator: "\n").enumerated().map { index, line in
            let text = canvas.clipped("  " + line, toColumns: canvas.columns)
            return index == 0 ? canvas.style(text, .dim) : text
        }
    }

    /// Words after a label, broken below themselves.
    static func list(_ label: String, _ words: [String], _ canvas: Canvas, width: Int) -> [String] {
        let lines = LineWrap.lines(words.joined(separator: " "), columns: max(canvas.columns - width - 4, 10))
        return lines.enumerated().map { index, line in
            "  " + (index == 0 ? label : "").padded(toColumns: width) + "  " + line
        }
    }

    static func note(_ text: Localized, _ language: Language, _ canvas: Canvas) -> [String] {
        LineWrap.lines(text(language), columns: canvas.columns - 2).map { "  " + $0 }
    }
}
