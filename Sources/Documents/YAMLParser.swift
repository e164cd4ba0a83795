internal import Yams

/// Reads YAML as the tools do that a file is meant for: JSON's data model, and words as their dialect has them.
public enum YAMLParser {
    /// Levels a document may be nested.
    static let maximumDepth = 256

    /// The documents of a file in order; empty ones are left out. JSON is accepted as well.
    ///
    /// Duplicate keys, keys that are no scalars, infinite numbers and documents that grow out of proportion through
    /// aliases are refused.
    /// - Parameters:
    ///   - text: the content of the file
    ///   - file: its name, for error messages
    /// - Throws: `YAMLError` with the place of the first fault.
    public static func documents(
        in text: String, file: String, dialect: YAMLDialect = .kubernetes
    ) throws(YAMLError) -> [YAMLDocument] {
        if let document = json(text, file: file) { return [document] }
        var documents: [YAMLDocument] = []
        var nodes: YamlSequence<Node>
        do {
            nodes = try compose_all(yaml: text, .basic, .default, .utf8)
        } catch {
            throw fault(error, text: text, file: file)
        }
        // An alias costs a few bytes whatever it refers to, so the number of values bounds what aliases may unfold.
        var composer = YAMLComposer(
            file: file, dialect: dialect, budget: 100_000 + 2 * text.utf8.count)
        while let node = nodes.next() {
            composer.positions = [:]
            let value = try composer.value(of: node, path: "", depth: 0)
            guard value != .null else { continue }
            let mark = node.mark
            documents.append(
                YAMLDocument(
                    value: value, file: file, start: YAMLPosition(line: mark?.line ?? 1, column: mark?.column ?? 1),
                    positions: composer.positions))
        }
        if let error = nodes.error { throw fault(error, text: text, file: file) }
        return documents
    }

    /// The one document of a text.
    /// - Throws: `YAMLError`, also where there is none or more than one.
    public static func document(
        in text: String, file: String, dialect: YAMLDialect = .kubernetes
    ) throws(YAMLError) -> YAMLDocument {
        let documents = try documents(in: text, file: file, dialect: dialect)
        guard let first = documents.first else {
            throw YAMLError(file: file, line: 1, column: 1, reason: "there is no document in it")
        }
        if documents.count > 1 {
            let start = documents[1].start
            throw YAMLError(
                file: file, line: start.line, column: start.column, reason: "expected one document, found another")
        }
        return first
    }

    /// The text as JSON where it is an object or array in JSON: tabs may indent JSON but not YAML.
    private static func json(_ text: String, file: String) -> YAMLDocument? {
        guard let first = text.utf8.first(where: { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }),
            first == UInt8(ascii: "{") || first == UInt8(ascii: "["), let value = try? JSONValue(parsing: text)
        else { return nil }
        return YAMLDocument(value: value, file: file, start: YAMLPosition(line: 1, column: 1), positions: [:])
    }

    private static func fault(_ error: any Error, text: String, file: String) -> YAMLError {
        func fault(_ mark: Mark, _ reason: String) -> YAMLError {
            YAMLError(file: file, line: mark.line, column: mark.column, reason: reason)
        }
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return fault(mark, problem)
        case .duplicatedKeysInMapping(let keys, let context):
            return fault(context.mark, "key \"\(keys.first ?? "")\" already set in map")
        case .reader(let problem, let offset, _, _):
            let before = text.unicodeScalars.prefix(offset ?? 0)
            let line = before.reduce(1) { $1 == "\n" ? $0 + 1 : $0 }
            let column = before.reversed().prefix { $0 != "\n" }.count + 1
            return YAMLError(file: file, line: line, column: column, reason: problem)
        default:
            return YAMLError(file: file, line: 0, column: 0, reason: "the text cannot be read as YAML")
        }
    }
}

/// Turns the nodes of one file into JSON values.
private struct YAMLComposer {
    let file: String
    let dialect: YAMLDialect
    /// Values that may still be made.
    var budget: Int
    var positions: [String: YAMLPosition] = [:]

    init(file: String, dialect: YAMLDialect, budget: Int) {
        self.file = file
        self.dialect = dialect
        self.budget = budget
    }

    mutating func value(of node: Node, path: String, depth: Int) throws(YAMLError) -> JSONValue {
        budget -= 1
        if budget < 0 { throw fault(node, "document contains excessive aliasing") }
        if depth > YAMLParser.maximumDepth { throw fault(node, "nested deeper than \(YAMLParser.maximumDepth) levels") }
        switch node {
        case .scalar(let scalar):
            return try self.scalar(scalar, node)
        case .sequence(let sequence):
            var array: [JSONValue] = []
            array.reserveCapacity(sequence.count)
            for element in sequence {
                let place = "\(path)[\(array.count)]"
                note(place, element)
                array.append(try value(of: element, path: place, depth: depth + 1))
            }
            return .array(array)
        case .mapping(let mapping):
            return .object(try object(mapping, node, path: path, depth: depth))
        case .alias:
            // The parser has put the node in place of its alias.
            throw fault(node, "found undefined alias")
        }
    }

    private mutating func object(_ mapping: Node.Mapping, _ node: Node, path: String, depth: Int)
        throws(YAMLError) -> JSONObject
    {
        var object = JSONObject()
        var merged: [Node] = []
        for (key, member) in mapping {
            guard case .scalar(let scalar) = key else { throw fault(key, "a key must be a scalar") }
            if scalar.style == .plain, scalar.string == "<<" {
                merged.append(member)
                continue
            }
            let name = try self.name(scalar, key)
            guard object[name] == nil else { throw fault(key, "key \"\(name)\" already set in map") }
            let place = path.isEmpty ? name : "\(path).\(name)"
            note(place, key)
            object.append(uniqueKey: name, try value(of: member, path: place, depth: depth + 1))
        }
        for source in merged { try merge(source, into: &object, path: path, depth: depth) }
        return object
    }

    /// The members of a merge key's value, where they are not there yet (yaml.org/type/merge.html).
    private mutating func merge(_ source: Node, into object: inout JSONObject, path: String, depth: Int)
        throws(YAMLError)
    {
        switch source {
        case .mapping(let mapping):
            let kept = positions
            budget -= mapping.count
            let inherited = try self.object(mapping, source, path: path, depth: depth + 1)
            // What is written here keeps its own places.
            positions.merge(kept) { _, own in own }
            for (key, value) in inherited where object[key] == nil { object.append(uniqueKey: key, value) }
        case .sequence(let sequence):
            for element in sequence {
                guard case .mapping = element else {
                    throw fault(element, "map merge requires map or sequence of maps as the value")
                }
                try merge(element, into: &object, path: path, depth: depth + 1)
            }
        default:
            throw fault(source, "map merge requires map or sequence of maps as the value")
        }
    }

    private func name(_ scalar: Node.Scalar, _ node: Node) throws(YAMLError) -> String {
        // The parser's search for duplicates has tagged every key as text; only the style still tells them apart.
        guard scalar.style == .plain else { return scalar.string }
        switch try plain(scalar.string, node) {
        case .string(let text): return text
        case .bool(let value): return value ? "true" : "false"
        case .number(let number): return number.text
        default: throw fault(node, "a key must not be null")
        }
    }

    private func scalar(_ scalar: Node.Scalar, _ node: Node) throws(YAMLError) -> JSONValue {
        let text = scalar.string
        switch scalar.tag.description {
        case "tag:yaml.org,2002:str": return .string(text)
        case "tag:yaml.org,2002:binary":
            guard let decoded = Base64.decode(text), let string = String(validating: decoded, as: UTF8.self) else {
                throw fault(node, "!!binary value contains invalid base64 data")
            }
            return .string(string)
        case "tag:yaml.org,2002:bool":
            return try plain(text, node, as: "!!bool") { if case .bool = $0 { true } else { false } }
        case "tag:yaml.org,2002:int", "tag:yaml.org,2002:float":
            return try plain(text, node, as: "a number") { if case .number = $0 { true } else { false } }
        case "tag:yaml.org,2002:null":
            return try plain(text, node, as: "!!null") { $0 == .null }
        default:
            return scalar.style == .plain ? try plain(text, node) : .string(text)
        }
    }

    private func plain(_ text: String, _ node: Node) throws(YAMLError) -> JSONValue {
        switch YAMLScalar.meaning(ofPlain: text, dialect) {
        case .value(let value): return value
        case .notFinite: throw fault(node, "\(text) has no form in JSON")
        case .merge, .text: return .string(text)
        }
    }

    private func plain(_ text: String, _ node: Node, as tag: String, _ accepts: (JSONValue) -> Bool)
        throws(YAMLError) -> JSONValue
    {
        guard case .value(let value) = YAMLScalar.meaning(ofPlain: text, dialect), accepts(value) else {
            throw fault(node, "cannot decode `\(text)` as \(tag)")
        }
        return value
    }

    private mutating func note(_ path: String, _ node: Node) {
        if let mark = node.mark { positions[path] = YAMLPosition(line: mark.line, column: mark.column) }
    }

    private func fault(_ node: Node, _ reason: String) -> YAMLError {
        YAMLError(file: file, line: node.mark?.line ?? 0, column: node.mark?.column ?? 0, reason: reason)
    }
}
