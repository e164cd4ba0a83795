import ContainerRuntime
import Documents
import Terminal

/// `--format`: a Go template over a document.
enum FormatFlag {
    static func template(_ text: String) throws(RuntimeError) -> GoTemplate {
        do {
            return try GoTemplate(parsing: text == "json" ? "{{json .}}" : text)
        } catch {
            throw .invalid(field: "--format", reason: "template parsing error: \(error.reason)")
        }
    }

    /// `table {{.ID}}\t{{.Names}}`: columns under headings, which are the fields' names in docker's words.
    static func table(
        _ format: String, _ documents: [JSONValue], headers: [String: String]
    ) throws(RuntimeError) -> String {
        let text = format.dropFirst("table ".count).replacing("\\t", with: "\t")
        let template = try template(String(text))
        let heading: JSONValue = .object(
            JSONObject(headers.sorted { $0.key < $1.key }.map { (key: $0.key, value: .string($0.value)) }))
        var rows = [
            try render(template, heading).split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        ]
        for document in documents {
            rows.append(
                try render(template, document).split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            )
        }
        return TablePrinter(rows: rows).text()
    }

    static func render(_ template: GoTemplate, _ document: JSONValue) throws(RuntimeError) -> String {
        do {
            return try template.render(document, isStrict: true, method: method)
        } catch {
            throw .invalid(field: "--format", reason: "template: \(error.reason)")
        }
    }

    /// `.Label "KEY"` of a row: the value among its labels, which are one text there (`a=1,b=2`).
    @Sendable private static func method(_ name: String, _ dot: JSONValue, _ operands: [JSONValue]) -> JSONValue? {
        guard name == "Label", operands.count == 1, let key = operands[0].string else { return nil }
        var value: [Substring]?
        for piece in (dot["Labels"]?.string ?? "").split(separator: ",", omittingEmptySubsequences: false) {
            if piece.hasPrefix(key + "=") {
                value = [piece.dropFirst(key.utf8.count + 1)]
            } else if value != nil {
                // A comma inside of the value.
                if piece.contains("=") { break }
                value?.append(piece)
            }
        }
        return .string(value?.joined(separator: ",") ?? "")
    }
}
