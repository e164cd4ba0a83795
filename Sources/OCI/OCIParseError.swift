public import Documents

/// What is wrong with a document of the OCI image format, and where.
public enum OCIParseError: Error, Sendable, Hashable {
    case notJSON(JSONParseError)
    case missing(field: String)
    case wrongType(field: String, expected: String)

    static func document(_ bytes: [UInt8]) throws(OCIParseError) -> JSONValue {
        do {
            return try JSONValue(parsing: bytes)
        } catch {
            throw .notJSON(error)
        }
    }

    /// The member of `object` that the last word of the dotted path `field` names.
    @discardableResult
    static func require<Value>(
        _ object: JSONValue, _ field: String, _ type: (JSONValue) -> Value?, _ expected: String
    ) throws(OCIParseError) -> Value {
        let key = field.split(separator: ".").last.map(String.init) ?? field
        guard let member = object[key], !member.isNull else { throw .missing(field: field) }
        guard let value = type(member) else { throw .wrongType(field: field, expected: expected) }
        return value
    }
}

extension OCIParseError {
    /// What is wrong, in a few words.
    public var sentence: String {
        switch self {
        case .notJSON(let error): "it is no JSON (\(error.reason), line \(error.line))"
        case .missing(let field): "'\(field)' is missing"
        case .wrongType(let field, let expected): "'\(field)' must be \(expected)"
        }
    }
}
