import Documents
import KubernetesAPI
import Terminal

/// Prints objects as `-o` asks.
struct ObjectPrinter {
    let format: OutputFormat
    var showsManagedFields = false
    var hidesHeaders = false
    /// YAML documents behind the first are parted from it.
    private var isFirst = true

    init(_ format: OutputFormat, showsManagedFields: Bool = false) {
        self.format = format
        self.showsManagedFields = showsManagedFields
    }

    mutating func text(_ document: JSONValue) throws -> String {
        defer { isFirst = false }
        switch format {
        case .json: return shown(document).prettyPrinted() + "\n"
        case .yaml: return (isFirst ? "" : "---\n") + shown(document).yamlText
        case .name: return Self.names(document).map { $0 + "\n" }.joined()
        case .jsonPath(let template, let asJSON):
            return try Self.evaluate(template, shown(document), asJSON: asJSON)
        case .goTemplate(let template): return try Self.render(template, shown(document))
        case .customColumns(let spec):
            return try CustomColumns(parsing: spec, hidesHeaders: hidesHeaders || !isFirst).text(document)
        case .human, .wide: return ""
        }
    }

    /// `pod/web`, a line for every item of a list.
    private static func names(_ document: JSONValue) -> [String] {
        if let items = document["items"]?.array { return items.flatMap(names) }
        let object = KubernetesObject(document)
        let resource = APIResource.of(apiVersion: object.apiVersion, kind: object.kind)
        return ["\(resource?.qualifiedSingular ?? object.kind.lowercased())/\(object.name)"]
    }

    private func shown(_ document: JSONValue) -> JSONValue {
        var document = document
        if !showsManagedFields {
            document.set("metadata", "managedFields", to: nil)
            if let items = document["items"]?.array {
                document["items"] = .array(
                    items.map { item in
                        var item = item
                        item.set("metadata", "managedFields", to: nil)
                        return item
                    })
            }
        }
        return document.sorted
    }

    private static func evaluate(_ template: String, _ document: JSONValue, asJSON: Bool) throws -> String {
        let path: JSONPath
        do {
            path = try JSONPath(parsing: template)
        } catch {
            throw Failure.message("error parsing jsonpath \(template), \(error)", hint: pathHint)
        }
        do {
            return try asJSON ? path.jsonText(for: document) : path.text(for: document)
        } catch {
            throw Failure.message(
                "error executing jsonpath \"\(template)\": Error executing template: \(error)", hint: pathHint)
        }
    }

    private static let pathHint = Localized(
        ko: "쉘이 중괄호를 건드리지 않게 작은따옴표로 감싸세요: -o jsonpath='{.status.podIP}'",
        en: "Put single quotes around it, because of the shell: -o jsonpath='{.status.podIP}'")

    private static func render(_ template: String, _ document: JSONValue) throws -> String {
        do {
            return try GoTemplate(parsing: template).render(document)
        } catch {
            throw Failure.message("error parsing template \(template), \(error.reason)")
        }
    }
}
