/// What is wrong with a template or with rendering it.
public struct GoTemplateError: Error, Hashable, Sendable {
    public let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}

/// The part of Go's text/template that `docker -f` and `kubectl -o go-template` are used with: fields, variables, `range`,
/// `if`, and the functions `json`, `index`, `len`, `print`, `println`, `join`, `upper`, `lower`, `eq`, `ne`, `not`.
public struct GoTemplate: Sendable {
    let nodes: [GoTemplateNode]

    /// - Throws: `GoTemplateError` where the text is no template.
    public init(parsing text: String) throws(GoTemplateError) {
        var parser = GoTemplateParser(text)
        nodes = try parser.template()
    }

    /// The text that the template makes of `document`.
    /// - Throws: `GoTemplateError` where a field is read of something that has none.
    public func render(_ document: JSONValue) throws(GoTemplateError) -> String {
        var renderer = GoTemplateRenderer(root: document)
        try renderer.render(nodes, dot: document)
        return renderer.output
    }
}

indirect enum GoTemplateNode: Sendable {
    case text(String)
    case action([GoTemplateCommand])
    case condition([GoTemplateCommand], then: [GoTemplateNode], otherwise: [GoTemplateNode])
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
