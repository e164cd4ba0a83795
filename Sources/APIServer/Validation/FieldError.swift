import Documents
import KubernetesAPI

/// One fault in one field, in the words of Kubernetes (`apimachinery/pkg/util/validation/field`).
struct FieldError: Sendable, Hashable {
    enum Kind: String, Sendable, Hashable {
        case notFound = "FieldValueNotFound"
        case required = "FieldValueRequired"
        case duplicate = "FieldValueDuplicate"
        case invalid = "FieldValueInvalid"
        case notSupported = "FieldValueNotSupported"
        case forbidden = "FieldValueForbidden"
        case tooLong = "FieldValueTooLong"
        case tooMany = "FieldValueTooMany"

        var words: String {
            switch self {
            case .notFound: "Not found"
            case .required: "Required value"
            case .duplicate: "Duplicate value"
            case .invalid: "Invalid value"
            case .notSupported: "Unsupported value"
            case .forbidden: "Forbidden"
            case .tooLong: "Too long"
            case .tooMany: "Too many"
            }
        }
    }

    var kind: Kind
    /// `spec.containers[0].image`
    var field: String
    /// What was found; nil where the message leaves it out.
    var value: JSONValue?
    var detail: String

    static func required(_ field: String, _ detail: String = "") -> FieldError {
        FieldError(kind: .required, field: field, value: nil, detail: detail)
    }

    static func invalid(_ field: String, _ value: JSONValue, _ detail: String) -> FieldError {
        FieldError(kind: .invalid, field: field, value: value, detail: detail)
    }

    static func forbidden(_ field: String, _ detail: String) -> FieldError {
        FieldError(kind: .forbidden, field: field, value: nil, detail: detail)
    }

    static func duplicate(_ field: String, _ value: JSONValue) -> FieldError {
        FieldError(kind: .duplicate, field: field, value: value, detail: "")
    }

    static func notFound(_ field: String, _ value: JSONValue) -> FieldError {
        FieldError(kind: .notFound, field: field, value: value, detail: "")
    }

    static func notSupported(_ field: String, _ value: JSONValue, _ supported: [String]) -> FieldError {
        let list = supported.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
        return FieldError(kind: .notSupported, field: field, value: value, detail: "supported values: \(list)")
    }

    static func tooLong(_ field: String, maximum: Int) -> FieldError {
        FieldError(kind: .tooLong, field: field, value: nil, detail: "may not be more than \(maximum) bytes")
    }

    /// The message without the field, as it stands in a `StatusCause`.
    var body: String {
        var text = kind.words
        // A JSON text quotes strings and leaves numbers bare, as the real server's messages do.
        if let value { text += ": \(value.jsonText)" }
        if !detail.isEmpty { text += ": \(detail)" }
        return text
    }

    var message: String { "\(field): \(body)" }
}

extension Status {
    /// 422 with one cause for each fault.
    static func invalid(_ resource: APIResource, _ name: String, _ errors: [FieldError]) -> Status {
        let kind = resource.group.isEmpty ? resource.kind : "\(resource.kind).\(resource.group)"
        // The same fault found twice is said once.
        var seen: Set<String> = []
        let unique = errors.filter { seen.insert($0.message).inserted }
        let faults = unique.map(\.message)
        let list = faults.count == 1 ? faults[0] : "[\(faults.joined(separator: ", "))]"
        return Status(
            .invalid, "\(kind) \"\(name)\" is invalid: \(list)", name: name, group: resource.group,
            kind: resource.kind,
            causes: unique.map { Cause(reason: $0.kind.rawValue, message: $0.body, field: $0.field) })
    }

    /// 409 without an object's name to blame.
    static func conflict(_ resource: APIResource, _ name: String, because detail: String) -> Status {
        Status(
            .conflict, "Operation cannot be fulfilled on \(resource.qualifiedPlural) \"\(name)\": \(detail)",
            name: name,
            group: resource.group, kind: resource.plural)
    }
}
