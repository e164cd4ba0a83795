import KubernetesAPI
import Terminal

/// Prints server-side tables as `kubectl get` does, in one go or row after row.
struct TableWriter {
    var isWide = false
    var showsNamespace = false
    /// Names as `pod/web`.
    var showsKind = false
    var showsLabels = false
    var labelColumns: [String] = []
    var hidesHeaders = false
    /// Columns keep the width they once had, so that rows printed later line up.
    private var widths: [Int] = []
    private var hasHeader = false

    init() {}

    /// The text of rows, with the header where it has not been printed yet and there are rows.
    mutating func text(_ resource: APIResource, _ columns: [ObjectTable.Column], _ rows: [ObjectTable.Row]) -> String {
        guard !rows.isEmpty else { return "" }
        let shown = columns.indices.filter { isWide || columns[$0].priority == 0 }
        var lines: [[String]] = []
        if !hasHeader, !hidesHeaders { lines.append(header(shown.map { columns[$0].name })) }
        hasHeader = true
        let nameColumn = columns.firstIndex { $0.name == "Name" }
        for row in rows {
            var cells = shown.map { index in
                let cell = index < row.cells.count ? Self.oneLine(row.cells[index]) : ""
                return showsKind && index == nameColumn ? "\(resource.qualifiedSingular)/\(cell)" : cell
            }
            if showsNamespace { cells.insert(row.object.namespace, at: 0) }
            let labels = row.object.labels
            for key in labelColumns { cells.append(labels[key] ?? "") }
            if showsLabels { cells.append(Self.text(labels)) }
            lines.append(cells)
        }
        // Three spaces part columns, and none is narrower than six.
        let columnCount = lines.map(\.count).max() ?? 0
        while widths.count < columnCount { widths.append(3) }
        let printer = TablePrinter(rows: lines, minimumWidths: widths)
        widths = printer.widths
        return printer.text()
    }

    private func header(_ names: [String]) -> [String] {
        var names = names.map { $0.uppercased() }
        if showsNamespace { names.insert("NAMESPACE", at: 0) }
        for key in labelColumns { names.append((key.split(separator: "/").last.map(String.init) ?? key).uppercased()) }
        if showsLabels { names.append("LABELS") }
        return names
    }

    /// `app=web,tier=front`
    static func text(_ labels: [String: String]) -> String {
        if labels.isEmpty { return "<none>" }
        return labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }

    private static func oneLine(_ cell: String) -> String {
        guard let end = cell.firstIndex(where: \.isNewline) else { return cell }
        return cell[..<end] + "..."
    }
}
