import Commands
import ContainerRuntime
import Documents
import Terminal

/// How docker's lists are printed: as a table, `--format json`, a Go template for each row, or `table TEMPLATE`.
struct RowFormat {
    /// Of the table that is printed without `--format`.
    var columns: [(header: String, field: String)]
    /// Of fields that only templates ask for.
    var further: [(header: String, field: String)] = []
    /// A field whose texts are cut anyway, and may be cut shorter for a narrow terminal.
    var shortenable: String?

    /// - Parameter format: as it was typed, or nil.
    func print(_ rows: [JSONValue], format: String?, _ context: CommandContext) throws(RuntimeError) {
        let format = format?.replacing("\\t", with: "\t").replacing("\\n", with: "\n")
        switch format {
        case nil, "table":
            let cells = rows.map { row in columns.map { row[$0.field]?.string ?? "" } }
            context.output.write(
                TablePrinter(rows: [columns.map(\.header)] + cells).text(
                    fitting: context.columns, shortenable: columns.firstIndex { $0.field == shortenable }))
        case "json":
            for row in rows { context.output.line(String(decoding: row.encoded(), as: UTF8.self)) }
        case let format? where format.hasPrefix("table "):
            let template = try FormatFlag.template(String(format.dropFirst(6)))
            let header = JSONValue.object(
                JSONObject((columns + further).map { (key: $0.field, value: JSONValue.string($0.header)) }))
            let lines = try ([header] + rows).map { row throws(RuntimeError) in
                try FormatFlag.render(template, row).split(separator: "\t", omittingEmptySubsequences: false)
                    .map(String.init)
            }
            context.output.write(TablePrinter(rows: lines).text())
        case let format?:
            let template = try FormatFlag.template(format)
            for row in rows { context.output.line(try FormatFlag.render(template, row)) }
        }
    }

    static var flag: Flag {
        Flag(
            "format", .text, placeholder: "TEMPLATE",
            summary: Localized(ko: "출력 틀: table, json, Go 템플릿", en: "Format: table, json, or a Go template"))
    }
}

extension CommandContext {
    /// Of the terminal that is written to; nil where it is none.
    var columns: Int? { TerminalSize(descriptor: output.descriptor).map { Int($0.columns) } }
}

/// `--filter KEY=VALUE` of a list that knows these keys.
struct ListFilter {
    let key: String
    let value: String

    static func read(_ line: Invocation, known: [String]) throws(RuntimeError) -> [ListFilter] {
        try line.all("filter").map { text throws(RuntimeError) in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2 else {
                throw .invalid(field: "argument", reason: "\"\(text)\" for \"-f, --filter\" flag: invalid filter")
            }
            guard known.contains(parts[0]) else {
                throw .invalid(
                    field: "filter",
                    reason: "'\(parts[0])' (expected \(known.map { "\($0)=…" }.joined(separator: ", ")))")
            }
            return ListFilter(key: parts[0], value: parts[1])
        }
    }

    static func flag(_ known: [String]) -> Flag {
        Flag(
            "filter", short: "f", .list, placeholder: "KEY=VALUE",
            summary: Localized(
                ko: "고르기: \(known.joined(separator: ", "))", en: "Filter: \(known.joined(separator: ", "))"))
    }

    /// `label=KEY` or `label=KEY=VALUE`
    func matchesLabel(_ labels: [String: String]) -> Bool {
        let parts = value.split(separator: "=", maxSplits: 1).map(String.init)
        guard let first = parts.first, let label = labels[first] else { return false }
        return parts.count < 2 || label == parts[1]
    }

    var isTrue: Bool { ["true", "1", "t"].contains(value.lowercased()) }

    /// Of `until`: seconds since 1970, from a time or a span before now (`24h`).
    func instant() throws(RuntimeError) -> Double {
        if let seconds = Double(value) { return seconds }
        var total = 0.0
        var digits = ""
        for character in value {
            if character.isNumber || character == "." {
                digits.append(character)
                continue
            }
            let factors: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
            guard let factor = factors[character], let number = Double(digits) else {
                throw .invalid(field: "filter", reason: "until: \(value) is neither a time nor a span like 24h")
            }
            total += number * factor
            digits = ""
        }
        return Now.seconds - total
    }
}
