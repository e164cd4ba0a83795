/// The known fields of every kind that is served: what strict decoding checks against, and where strategic merge
/// patches find their merge keys.
///
/// The tables are text, one structure a paragraph, because a text is read once in well under a millisecond, while
/// literals of this size take the compiler minutes.
public struct Schema: Sendable {
    public let structures: [String: SchemaStructure]

    public static let kubernetes = Schema(parsing: [
        schemaOfMetadata, schemaOfPods, schemaOfVolumes, schemaOfWorkloads, schemaOfCluster, schemaOfNetwork,
    ])

    /// The structure of a resource's objects.
    public func structure(of resource: APIResource) -> SchemaStructure? { structures[resource.kind] }

    /// Reads paragraphs: a line with a structure's name, then indented lines `field type [merge=key] [retainKeys]`.
    init(parsing texts: [String]) {
        var structures: [String: SchemaStructure] = [:]
        var name = ""
        var fields: [SchemaField] = []
        func close() {
            if !name.isEmpty { structures[name] = SchemaStructure(name: name, fields: fields) }
            fields = []
        }
        for text in texts {
            for line in text.split(separator: "\n") {
                if line.first != " " {
                    close()
                    name = String(line)
                    continue
                }
                let words = line.split(separator: " ")
                guard words.count >= 2 else { continue }
                var mergeKey: String?
                var retainsKeys = false
                for option in words.dropFirst(2) {
                    if option == "retainKeys" {
                        retainsKeys = true
                    } else if option.hasPrefix("merge=") {
                        mergeKey = String(option.dropFirst("merge=".count))
                    }
                }
                fields.append(
                    SchemaField(
                        name: String(words[0]), type: Self.type(words[1]), mergeKey: mergeKey, retainsKeys: retainsKeys)
                )
            }
            close()
            name = ""
        }
        self.structures = structures
    }

    private static func type(_ text: Substring) -> FieldType {
        switch text {
        case "string": return .string
        case "int32": return .int32
        case "int64": return .int64
        case "bool": return .bool
        case "quantity": return .quantity
        case "intOrString": return .intOrString
        case "time": return .time
        case "bytes": return .bytes
        case "any": return .any
        default: break
        }
        if text.hasPrefix("[]") { return .list(type(text.dropFirst(2))) }
        if text.hasPrefix("map:") { return .map(type(text.dropFirst(4))) }
        return .structure(String(text))
    }
}
