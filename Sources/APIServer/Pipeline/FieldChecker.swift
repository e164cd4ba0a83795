import Documents
import KubernetesAPI

/// Walks a document along the schema and notes what does not fit.
struct FieldChecker {
    struct UnknownField {
        var path: String
        /// The known field that was probably meant.
        var suggestion: String?

        var message: String {
            let text = "unknown field \"\(path)\""
            return suggestion.map { "\(text) (did you mean \"\($0)\"?)" } ?? text
        }
    }

    var unknown: [UnknownField] = []
    /// The first value of a wrong type, in the words of Go's decoder.
    var typeFault: String?

    mutating func check(_ value: JSONValue, against structure: SchemaStructure, at path: String) {
        guard let object = value.object else { return }
        for (key, member) in object {
            guard let field = structure.field(key) else {
                let nearest = Spelling.nearest(to: key, among: structure.fields.map(\.name))
                unknown.append(
                    UnknownField(path: Self.join(path, key), suggestion: nearest.map { Self.join(path, $0) }))
                continue
            }
            switch field.type {
            // Most fields are plain and right: their path need not be made.
            case .string where member.string != nil: continue
            default: check(member, is: field.type, at: Self.join(path, key), in: structure.name)
            }
        }
    }

    private static func join(_ path: String, _ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    private mutating func check(_ value: JSONValue, is type: FieldType, at path: String, in structure: String) {
        if value.isNull || typeFault != nil { return }
        let fits: Bool
        switch type {
        case .any: fits = true
        case .string, .bytes: fits = value.string != nil
        case .bool: fits = value.bool != nil
        case .int32: fits = value.int.map { Int32(exactly: $0) != nil } ?? false
        case .int64: fits = value.int != nil
        case .intOrString: fits = value.int != nil || value.string != nil
        case .quantity:
            fits = true
            if Quantity(document: value) == nil {
                typeFault =
                    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$' "
                    + "(\(path): \(value.jsonText))"
            }
        case .time:
            fits = value.string != nil
            if let text = value.string, Timestamp(text) == nil {
                typeFault = "parsing time \"\(text)\" as \"2006-01-02T15:04:05Z07:00\" failed (\(path))"
            }
        case .map(let element):
            fits = value.object != nil
            for (key, member) in value.object ?? [:] where element != .string || member.string == nil {
                check(member, is: element, at: "\(path).\(key)", in: structure)
            }
        case .list(let element):
            fits = value.array != nil
            for (index, member) in (value.array ?? []).enumerated() {
                check(member, is: element, at: "\(path)[\(index)]", in: structure)
            }
        case .structure(let name):
            fits = value.object != nil
            if let definition = Schema.kubernetes.structures[name] { check(value, against: definition, at: path) }
        }
        if !fits, typeFault == nil {
            typeFault =
                "json: cannot unmarshal \(Self.word(for: value)) into Go struct field \(structure).\(path) of type "
                + type.goName
        }
    }

    private static func word(for value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "bool"
        case .number(let number): number.int64 == nil ? "number \(number.text)" : "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
