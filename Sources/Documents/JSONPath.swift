/// Why a JSONPath template cannot be read or applied.
public struct JSONPathError: Error, Hashable, Sendable, CustomStringConvertible {
    /// In kubectl's words: `unterminated array`, `array index out of bounds: index 0, length 0`.
    public let reason: String
    /// Characters of the template before the fault; nil for what goes wrong while it is applied.
    public let position: Int?

    public init(_ reason: String, at position: Int? = nil) {
        self.reason = reason
        self.position = position
    }

    public var description: String { reason }
}

/// A template in kubectl's dialect of JSONPath (`client-go/util/jsonpath`): text with expressions in braces.
///
/// - `{.items[0].metadata.name}`, `{.items[*].spec}`, `{.labels.kubernetes\.io/arch}`, `{['a.b']}` is `{.a.b}`
/// - `{.items[-1:]}`, `{.items[0:4:2]}`, `{['a','b']}`, `{[0,2]}`, `{..image}`, `{.*}`, `{@}`, `{$}`
/// - `{.items[?(@.status.phase=="Running")]}` with `== != < <= > >=`, or `[?(@.field)]` for its presence
/// - `{range .items[*]}{.metadata.name}{"\n"}{end}`
public struct JSONPath: Sendable {
    /// What one expression does with the values so far.
    enum Step: Sendable {
        case field(String)
        case wildcard
        case recursive
        case slice(Slice)
        indirect case filter([Step], Comparison?)
        case union([[Step]])
        /// A text, number or boolean in place of the values.
        case literal(JSONValue)
        /// A word nobody knows; an error when it is reached.
        case unknown(String)
    }

    struct Slice: Sendable {
        var start: Int?
        var end: Int?
        var step: Int?
        /// `[i]` rather than `[i:j]`
        var isIndex: Bool
    }

    struct Comparison: Sendable {
        var sign: String
        var right: [Step]
    }

    indirect enum Segment: Sendable {
        case text(String)
        case expression([Step])
        case range([Step], [Segment])
    }

    let segments: [Segment]

    /// Reads a template as `-o jsonpath=` takes it.
    /// - Throws: `JSONPathError` with the place of the fault.
    public init(parsing template: String) throws(JSONPathError) {
        var parser = JSONPathParser(template)
        segments = try parser.template()
    }

    /// Reads one expression as `--sort-by` and `-o custom-columns=` take it: `metadata.name`, `.metadata.name` or in
    /// braces.
    /// - Throws: `JSONPathError`
    public init(relaxed expression: String) throws(JSONPathError) {
        var inner = expression[...]
        if inner.hasPrefix("{"), inner.hasSuffix("}"), inner.count > 1 { inner = inner.dropFirst().dropLast() }
        if inner.hasPrefix(".") { inner = inner.dropFirst() }
        guard !inner.isEmpty, !inner.contains("{"), !inner.contains("}") else {
            throw JSONPathError(
                "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or "
                    + "'{.name1.name2}'", at: 0)
        }
        try self.init(parsing: "{.\(inner)}")
    }

    /// What the template prints for a document (`-o jsonpath=`): the values of an expression with spaces between them.
    /// - Throws: `JSONPathError`; a missing field prints nothing unless `allowsMissingKeys` is false.
    public func text(for document: JSONValue, allowsMissingKeys: Bool = true) throws(JSONPathError) -> String {
        try results(in: document, allowsMissingKeys: allowsMissingKeys)
            .map { $0.map(Self.text(of:)).joined(separator: " ") }
            .joined()
    }

    /// What `-o jsonpath-as-json=` prints: the values of each expression as an indented array.
    /// - Throws: `JSONPathError`
    public func jsonText(for document: JSONValue) throws(JSONPathError) -> String {
        try results(in: document).map { JSONValue.array($0.map(\.sorted)).prettyPrinted() + "\n" }.joined()
    }

    /// The values of each expression (and piece of text) in turn.
    /// - Throws: `JSONPathError`
    public func results(in document: JSONValue, allowsMissingKeys: Bool = true) throws(JSONPathError) -> [[JSONValue]] {
        var evaluation = JSONPathEvaluation(allowsMissingKeys: allowsMissingKeys)
        var results: [[JSONValue]] = []
        try evaluation.run(segments, document, into: &results)
        return results
    }

    /// A value as a template prints it: texts bare, null as `<nil>`, objects and arrays as JSON with sorted keys.
    public static func text(of value: JSONValue) -> String {
        switch value {
        case .null: "<nil>"
        case .bool(let value): value ? "true" : "false"
        case .number(let number): number.text
        case .string(let text): text
        case .array, .object: goText(value)
        }
    }

    /// As Go's encoder writes it, which escapes what means something in HTML.
    private static func goText(_ value: JSONValue) -> String {
        var text = ""
        for scalar in value.sorted.jsonText.unicodeScalars {
            switch scalar {
            case "<": text += "\\u003c"
            case ">": text += "\\u003e"
            case "&": text += "\\u0026"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

extension JSONValue {
    /// The same document with the members of all objects in the order of their keys.
    public var sorted: JSONValue {
        switch self {
        case .object(let object):
            var result = JSONObject()
            for (key, value) in object.sorted(by: { $0.key < $1.key }) {
                result.append(uniqueKey: key, value.sorted)
            }
            return .object(result)
        case .array(let array): return .array(array.map(\.sorted))
        default: return self
        }
    }
}
