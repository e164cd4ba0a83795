/// JSON patch (RFC 6902): an array of operations that all apply or none does.
public enum JSONPatch {
    /// The document after all operations of `patch`.
    /// - Throws: `PatchError`: `malformed` for a bad operation, `missing` where a path is not there, `testFailed`.
    public static func apply(_ patch: JSONValue, to document: JSONValue) throws(PatchError) -> JSONValue {
        guard case .array(let operations) = patch else {
            throw PatchError(.malformed, path: "", "a JSON patch must be an array of operations")
        }
        var result = document
        for operation in operations { try apply(operation: operation, to: &result) }
        return result
    }

    private static func apply(operation: JSONValue, to document: inout JSONValue) throws(PatchError) {
        guard case .object(let members) = operation, case .string(let name)? = members["op"] else {
            throw PatchError(.malformed, path: "", "an operation must be an object with an \"op\"")
        }
        let (path, pointer) = try self.pointer("path", members, name)
        switch name {
        case "add":
            try add(try value(members, name, path), pointer.tokens[...], path, to: &document)
        case "remove":
            _ = try remove(pointer.tokens[...], path, name, from: &document)
        case "replace":
            let value = try value(members, name, path)
            if !pointer.tokens.isEmpty { try replace(value, pointer, path, in: &document) } else { document = value }
        case "move":
            let (fromPath, from) = try self.pointer("from", members, name)
            if pointer.tokens.count > from.tokens.count, pointer.tokens.starts(with: from.tokens) {
                throw PatchError(.malformed, path: path, "a value cannot be moved into itself: \"\(path)\"")
            }
            let value = try remove(from.tokens[...], fromPath, name, from: &document)
            try add(value, pointer.tokens[...], path, to: &document)
        case "copy":
            let (fromPath, from) = try self.pointer("from", members, name)
            guard let value = from.value(in: document) else { throw missing(name, fromPath) }
            try add(value, pointer.tokens[...], path, to: &document)
        case "test":
            let wanted = members["value"] ?? .null
            guard isSame(pointer.value(in: document) ?? .null, wanted) else {
                throw PatchError(.testFailed, path: path, "testing value \(path) failed: test failed")
            }
        default:
            throw PatchError(.malformed, path: path, "unexpected kind of operation: \"\(name)\"")
        }
    }

    private static func pointer(_ member: String, _ members: JSONObject, _ operation: String)
        throws(PatchError) -> (String, JSONPointer)
    {
        guard case .string(let text)? = members[member] else {
            throw PatchError(.malformed, path: "", "\(operation) operation needs a \"\(member)\"")
        }
        guard let pointer = JSONPointer(text) else {
            throw PatchError(.malformed, path: text, "\"\(text)\" is not a JSON pointer")
        }
        return (text, pointer)
    }

    private static func value(_ members: JSONObject, _ operation: String, _ path: String)
        throws(PatchError) -> JSONValue
    {
        guard let value = members["value"] else {
            throw PatchError(.malformed, path: path, "\(operation) operation needs a \"value\"")
        }
        return value
    }

    private static func missing(_ operation: String, _ path: String) -> PatchError {
        PatchError(
            .missing, path: path,
            "\(operation) operation does not apply: doc is missing path: \"\(path)\": missing value")
    }

    /// Numbers are the same by value (RFC 6902 §4.6), whatever their digits.
    private static func isSame(_ left: JSONValue, _ right: JSONValue) -> Bool {
        switch (left, right) {
        case (.number(let left), .number(let right)):
            if let left = left.int64, let right = right.int64 { return left == right }
            return left.double == right.double
        case (.array(let left), .array(let right)):
            return left.count == right.count && zip(left, right).allSatisfy(isSame)
        case (.object(let left), .object(let right)):
            return left.count == right.count
                && left.allSatisfy { member in right[member.key].map { isSame(member.value, $0) } ?? false }
        default: return left == right
        }
    }

    private static func add(
        _ value: JSONValue, _ tokens: ArraySlice<String>, _ path: String, to document: inout JSONValue
    ) throws(PatchError) {
        guard let token = tokens.first else {
            document = value
            return
        }
        let isLast = tokens.count == 1
        switch document {
        case .object(var object):
            document = .null
            defer { document = .object(object) }
            if isLast {
                object[token] = value
            } else {
                guard var child = object[token] else { throw missing("add", path) }
                object[token] = .null
                defer { object[token] = child }
                try add(value, tokens.dropFirst(), path, to: &child)
            }
        case .array(var array):
            document = .null
            defer { document = .array(array) }
            if isLast, token == "-" {
                array.append(value)
                return
            }
            guard let index = JSONPointer.index(token), index < array.count || (isLast && index == array.count) else {
                throw missing("add", path)
            }
            if isLast {
                array.insert(value, at: index)
            } else {
                try add(value, tokens.dropFirst(), path, to: &array[index])
            }
        default: throw missing("add", path)
        }
    }

    private static func remove(
        _ tokens: ArraySlice<String>, _ path: String, _ operation: String, from document: inout JSONValue
    ) throws(PatchError) -> JSONValue {
        guard let token = tokens.first else {
            let value = document
            document = .null
            return value
        }
        let isLast = tokens.count == 1
        switch document {
        case .object(var object):
            document = .null
            defer { document = .object(object) }
            guard var child = object[token] else { throw missing(operation, path) }
            if isLast {
                object[token] = nil
                return child
            }
            object[token] = .null
            defer { object[token] = child }
            return try remove(tokens.dropFirst(), path, operation, from: &child)
        case .array(var array):
            document = .null
            defer { document = .array(array) }
            guard let index = JSONPointer.index(token), index < array.count else { throw missing(operation, path) }
            if isLast { return array.remove(at: index) }
            return try remove(tokens.dropFirst(), path, operation, from: &array[index])
        default: throw missing(operation, path)
        }
    }

    private static func replace(
        _ value: JSONValue, _ pointer: JSONPointer, _ path: String, in document: inout JSONValue
    )
        throws(PatchError)
    {
        guard pointer.value(in: document) != nil else { throw missing("replace", path) }
        // In an object the member keeps its place; in an array the element is taken out and put in.
        let parent = pointer.tokens.dropLast()
        var place = document
        for token in parent { place = (place[token] ?? JSONPointer.index(token).flatMap { place[$0] }) ?? .null }
        if case .array = place { _ = try remove(pointer.tokens[...], path, "replace", from: &document) }
        try add(value, pointer.tokens[...], path, to: &document)
    }
}
