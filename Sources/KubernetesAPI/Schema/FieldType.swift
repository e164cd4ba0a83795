/// What may stand in a field of an API object.
public indirect enum FieldType: Sendable, Hashable {
    case string
    case int32
    case int64
    case bool
    /// A `resource.Quantity`: a string such as `100m`, or a bare number.
    case quantity
    /// A number or a string such as `25%` or a port's name.
    case intOrString
    /// An RFC 3339 time as a string, or null.
    case time
    /// Base64 text.
    case bytes
    /// Anything, kept as it is.
    case any
    case map(FieldType)
    case list(FieldType)
    /// A structure of the schema, by name.
    case structure(String)

    /// As Go's decoder names the type in its errors.
    public var goName: String {
        switch self {
        case .string: "string"
        case .int32: "int32"
        case .int64: "int64"
        case .bool: "bool"
        case .quantity: "resource.Quantity"
        case .intOrString: "intstr.IntOrString"
        case .time: "v1.Time"
        case .bytes: "[]uint8"
        case .any: "interface {}"
        case .map(let value): "map[string]\(value.goName)"
        case .list(let element): "[]\(element.goName)"
        case .structure(let name): "v1.\(name)"
        }
    }
}

/// A field of a structure.
public struct SchemaField: Sendable, Hashable {
    public let name: String
    public let type: FieldType
    /// For a list that strategic merge patches merge element by element: the member that tells elements apart, or
    /// empty for a list of scalars that is merged as a set.
    public let mergeKey: String?
    /// A strategic merge patch keeps only the members it names (`patchStrategy: retainKeys`).
    public let retainsKeys: Bool
}

/// A structure: its fields in the order of the Kubernetes reference.
public struct SchemaStructure: Sendable, Hashable {
    public let name: String
    public let fields: [SchemaField]

    public func field(_ name: String) -> SchemaField? {
        fields.first { $0.name == name }
    }
}
