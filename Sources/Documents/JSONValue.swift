/// A JSON document (RFC 8259): the stored truth of every API object. Typed structures are views over it, so fields
/// nobody here knows survive a round trip.
public enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

extension JSONValue {
    public static func integer(_ value: Int) -> JSONValue { .number(JSONNumber(Int64(value))) }

    public var isNull: Bool { self == .null }

    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    public var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    public var int: Int? {
        if case .number(let value) = self { value.int64.map { Int($0) } } else { nil }
    }

    public var double: Double? {
        if case .number(let value) = self { value.double } else { nil }
    }

    public var array: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    public var object: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// The member `key` of an object, or nil where there is none or this is no object.
    ///
    /// Assigning into `null` makes an object first; assigning into another scalar or an array replaces it by an
    /// object. `value["metadata"]["labels"]["app"] = "web"` therefore builds the path it names. Assigning nil removes.
    public subscript(key: String) -> JSONValue? {
        get {
            if case .object(let object) = self { object[key] } else { nil }
        }
        _modify {
            var object: JSONObject
            if case .object(let present) = self { object = present } else { object = JSONObject() }
            // Dropping our own reference keeps the object uniquely referenced while the caller changes it.
            self = .null
            defer { self = .object(object) }
            yield &object[key]
        }
    }

    /// The element at `index`, or nil where there is none or this is no array.
    public subscript(index: Int) -> JSONValue? {
        guard case .array(let array) = self, array.indices.contains(index) else { return nil }
        return array[index]
    }

    /// The value under a path of member names, or nil where the path leaves the document.
    public func at(_ path: String...) -> JSONValue? {
        at(path)
    }

    public func at(_ path: some Sequence<String>) -> JSONValue? {
        var value = self
        for key in path {
            guard let next = value[key] else { return nil }
            value = next
        }
        return value
    }

    /// Sets the value under a path of member names, making the objects on the way. Nil removes the last member.
    public mutating func set(_ path: String..., to value: JSONValue?) {
        set(path[...], to: value)
    }

    public mutating func set(_ path: ArraySlice<String>, to value: JSONValue?) {
        guard let first = path.first else {
            self = value ?? .null
            return
        }
        if path.count == 1 {
            self[first] = value
        } else {
            if value == nil, self[first] == nil { return }
            var child = self[first] ?? .object(JSONObject())
            self[first] = .null
            child.set(path.dropFirst(), to: value)
            self[first] = child
        }
    }
}

extension Optional where Wrapped == JSONValue {
    /// Lets a chain of subscripts read, and build, a path: `object["spec"]["replicas"]`.
    public subscript(key: String) -> JSONValue? {
        get { self?[key] }
        _modify {
            var value = self ?? .object(JSONObject())
            self = nil
            defer { self = value }
            yield &value[key]
        }
    }

    public subscript(index: Int) -> JSONValue? { self?[index] }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .number(JSONNumber(value)) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(elements.map { (key: $0.0, value: $0.1) }))
    }
    public init(nilLiteral: ()) { self = .null }
}

extension JSONValue {
    /// The member `key`, read as `default` where there is none; changing it makes it.
    public subscript(key: String, default fallback: @autoclosure () -> JSONValue) -> JSONValue {
        get { self[key] ?? fallback() }
        _modify {
            var value = self[key] ?? fallback()
            // Only one reference to the member may exist while the caller changes it.
            self[key] = .null
            defer { self[key] = value }
            yield &value
        }
    }
}
