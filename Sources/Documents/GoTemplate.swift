/// What is wrong with a template or with rendering it.
public struct GoTemplateError: Error, Hashable, Sendable {
    public let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}

/// The part of Go's text/template that `docker -f` and `kubectl -o go-template` are used with: fields, variables, `range`,
/// `if`, `with`, text/template's own functions, and those that docker adds.
public struct GoTemplate: Sendable {
    let nodes: [GoTemplateNode]

    /// - Throws: `GoTemplateError` where the text is no template.
    public init(parsing text: String) throws(GoTemplateError) {
        var parser = GoTemplateParser(text)
        nodes = try parser.template()
    }

    /// A field that takes operands (`.Label "a"`): its name, what it is a field of, the operands. Nil where there is none.
    public typealias Method = @Sendable (String, JSONValue, [JSONValue]) -> JSONValue?

    /// The text that the template makes of `document`.
    /// - Parameters:
    ///   - isStrict: a field that a structure does not have is an error, as it is for Go's own; otherwise it is no value.
    ///     Structures are told from maps by the capital letters of their fields.
    ///   - method: answers fields that take operands.
    /// - Throws: `GoTemplateError` where a field is read of something that has none.
    public func render(
        _ document: JSONValue, isStrict: Bool = false, method: Method? = nil
    ) throws(GoTemplateError) -> String {
        var renderer = GoTemplateRenderer(root: document, isStrict: isStrict, method: method)
        try renderer.render(nodes, dot: document)
        return renderer.output
    }
}

indirect enum GoTemplateNode: Sendable {
    case text(String)
    case action([GoTemplateCommand])
    case condition([GoTemplateCommand], then: [GoTemplateNode], otherwise: [GoTemplateNode])
    /// `with`; the variable is optional.
    case with(variable: String?, [GoTemplateCommand], body: [GoTemplateNode], otherwise: [GoTemplateNode])
    /// `$x := pipeline` or `$x = pipeline`
    case assignment(String, [GoTemplateCommand])
    case range(variables: [String], [GoTemplateCommand], body: [GoTemplateNode], otherwise: [GoTemplateNode])
}

/// One command of a pipeline: a function or value with its operands.
struct GoTemplateCommand: Sendable {
    var operands: [GoTemplateOperand]
}

indirect enum GoTemplateOperand: Sendable {
    /// Fields of the dot; empty for the dot itself.
    case field([String])
    /// `$x.a`; the empty name is the root document `$`.
    case variable(String, [String])
    case function(String)
    case literal(JSONValue)
    case pipeline([GoTemplateCommand], [String])
}
