import Commands
import Terminal

/// `-o`
enum OutputFormat: Sendable, Hashable {
    /// The verb's own words, or a table.
    case human
    case wide, json, yaml, name
    case jsonPath(String, asJSON: Bool)
    case customColumns(String)
    case goTemplate(String)

    init(_ call: Call, tables: Bool = false) throws {
        let text = call.invocation["output"] ?? ""
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let value = parts.count > 1 ? parts[1] : ""
        switch parts.first ?? "" {
        case "": self = .human
        case "json": self = .json
        case "yaml": self = .yaml
        case "name": self = .name
        case "wide" where tables: self = .wide
        case "jsonpath", "jsonpath-as-json":
            guard !value.isEmpty else {
                throw Failure.message("template format specified but no template given")
            }
            self = .jsonPath(value, asJSON: parts[0] == "jsonpath-as-json")
        case "custom-columns" where tables:
            guard !value.isEmpty else {
                throw Failure.message("custom-columns format specified but no custom columns given")
            }
            self = .customColumns(value)
        case "go-template", "template":
            guard !value.isEmpty else {
                throw Failure.message("template format specified but no template given")
            }
            self = .goTemplate(value)
        case "jsonpath-file", "custom-columns-file", "go-template-file", "templatefile":
            throw Failure.message(
                "-o \(parts[0]) is not supported here",
                hint: Localized(ko: "파일 내용을 -o 뒤에 바로 적어 주세요.", en: "Write what is in the file behind -o itself."))
        case let name:
            let allowed =
                "custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,"
                + "jsonpath-file,name,template,templatefile,wide,yaml"
            let near = Suggestion.nearest(to: name, in: ["json", "yaml", "name", "wide", "jsonpath", "custom-columns"])
            throw Failure.message(
                "unable to match a printer suitable for the output format \"\(name)\", allowed formats are: \(allowed)",
                hint: near.map { Localized(ko: "혹시 -o \($0) 인가요?", en: "Did you mean -o \($0)?") })
        }
    }
}
