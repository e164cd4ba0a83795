import Documents
import Terminal

/// `-o custom-columns=NAME:.metadata.name,…`
struct CustomColumns {
    private let columns: [(header: String, path: JSONPath)]
    private let hidesHeaders: Bool

    init(parsing spec: String, hidesHeaders: Bool) throws {
        self.hidesHeaders = hidesHeaders
        columns = try spec.split(separator: ",").map { part in
            let sides = part.split(separator: ":", maxSplits: 1).map(String.init)
            guard sides.count == 2 else {
                throw Failure.message("unexpected custom-columns spec: \(part), expected <header>:<json-path-expr>")
            }
            do {
                return (sides[0], try JSONPath(relaxed: sides[1]))
            } catch {
                throw Failure.message("\(error)")
            }
        }
    }

    /// A row for the object, or for each item of a list.
    func text(_ document: JSONValue) throws -> String {
        var rows = hidesHeaders ? [] : [columns.map(\.header)]
        for item in document["items"]?.array ?? [document] { rows.append(try columns.map { try cell($0.path, item) }) }
        return TablePrinter(rows: rows, minimumWidths: Array(repeating: 3, count: columns.count)).text()
    }

    private func cell(_ path: JSONPath, _ document: JSONValue) throws -> String {
        let values: [JSONValue]
        do {
            values = try path.results(in: document).flatMap(\.self)
        } catch {
            throw Failure.message("\(error)")
        }
        if values.isEmpty { return "<none>" }
        return values.map { $0.isNull ? "<none>" : JSONPath.text(of: $0) }.joined(separator: ",")
    }
}
