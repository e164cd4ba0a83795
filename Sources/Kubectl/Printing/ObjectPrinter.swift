import Documents
import KubernetesAPI

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
            return try JSONPathPrinter(template: template, asJSON: asJSON).text(shown(document))
        case .customColumns(let spec): return try CustomColumns(spec: spec).text(document)
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
        return document.sortedByKey
    }
}

extension JSONValue {
    /// The document with the members of all its objects in the order of their names, as Go prints maps.
    var sortedByKey: JSONValue {
        switch self {
        case .array(let values): return .array(values.map(\.sortedByKey))
        case .object(let object):
            let members = object.map { (key: $0.key, value: $0.value.sortedByKey) }
            return .object(JSONObject(members.sorted { Array($0.key.utf8).lexicographicallyPrecedes($1.key.utf8) }))
        default: return self
        }
    }
}
