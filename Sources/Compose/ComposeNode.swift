import Documents
import Terminal

/// A value of a compose file together with its place, which reads itself as what is expected there.
struct ComposeNode {
    let value: JSONValue
    /// `services.web.ports[0]`
    let path: String
    let source: ComposeSource

    func fault(_ reason: ComposeError.Reason) -> ComposeError {
        ComposeError(file: source.file, line: source.line(of: path), path: path, reason: reason)
    }

    func expected(_ what: String) -> ComposeError { fault(.wrongType(expected: what)) }

    subscript(key: String) -> ComposeNode? {
        guard let member = value.object?[key], !member.isNull else { return nil }
        return ComposeNode(value: member, path: path.isEmpty ? key : "\(path).\(key)", source: source)
    }

    func members() throws(ComposeError) -> [(key: String, node: ComposeNode)] {
        if value.isNull { return [] }
        guard let object = value.object else { throw expected("a mapping") }
        return object.map { member in
            let inner = path.isEmpty ? member.key : "\(path).\(member.key)"
            return (member.key, ComposeNode(value: member.value, path: inner, source: source))
        }
    }

    func elements() throws(ComposeError) -> [ComposeNode] {
        if value.isNull { return [] }
        guard let array = value.array else { throw expected("a list") }
        return array.enumerated().map { ComposeNode(value: $0.element, path: "\(path)[\($0.offset)]", source: source) }
    }

    /// Refuses members that are not among `keys`; those that begin with `x-` are for other tools.
    func allow(only keys: [String]) throws(ComposeError) {
        for (key, member) in try members() where !keys.contains(key) && !key.hasPrefix("x-") {
            throw ComposeError(
                file: source.file, line: source.line(of: member.path), path: path,
                reason: .unknownKey(key, suggestion: Suggestion.nearest(to: key, in: keys)))
        }
    }

    var isText: Bool { value.string != nil }
    var isList: Bool { value.array != nil }

    /// A string, or a number or truth value as it was written.
    func text() throws(ComposeError) -> String {
        if let text = scalar { return text }
        throw expected("a string")
    }

    private var scalar: String? {
        if let text = value.string { return text }
        if case .number(let number) = value { return number.text }
        return value.bool.map { $0 ? "true" : "false" }
    }

    func flag() throws(ComposeError) -> Bool {
        if let flag = value.bool { return flag }
        // compose-go's toBoolean: what YAML 1.1 called booleans.
        switch value.string?.lowercased() {
        case "true", "yes", "on", "y", "t", "1": return true
        case "false", "no", "off", "n", "f", "0": return false
        default: throw expected("a boolean")
        }
    }

    func integer() throws(ComposeError) -> Int {
        if let number = value.int ?? value.string.flatMap({ Int($0) }) { return number }
        throw expected("an integer")
    }

    /// One string, or a list of them.
    func texts() throws(ComposeError) -> [String] {
        if let text = scalar { return [text] }
        return try list()
    }

    func list() throws(ComposeError) -> [String] {
        var texts: [String] = []
        for element in try elements() { texts.append(try element.text()) }
        return texts
    }

    /// `NAME=value` and `NAME` entries, or a mapping; a name without a value has nil.
    func assignments() throws(ComposeError) -> [(name: String, value: String?)] {
        if isList {
            return try list().map { entry in
                let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (String(parts[0]), parts.count > 1 ? String(parts[1]) : nil)
            }
        }
        guard value.object != nil || value.isNull else { throw expected("a mapping or a list") }
        var entries: [(name: String, value: String?)] = []
        for (key, node) in try members() { entries.append((key, node.value.isNull ? nil : try node.text())) }
        return entries
    }

    /// A command line: a list, or a string that is split into words as a shell would.
    func words() throws(ComposeError) -> [String] {
        guard let text = value.string else { return try list() }
        guard let words = ShellWords.split(text) else { throw fault(.other("\(path): unterminated quote in \(text)")) }
        return words
    }
}

/// The file that a value was read from.
struct ComposeSource {
    let file: String
    let document: YAMLDocument

    func line(of path: String) -> Int { document.position(of: path).line }
}
