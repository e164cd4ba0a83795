/// Reads a Go template by recursive descent.
struct GoTemplateParser {
    private var rest: Substring
    private var depth = 0

    /// How a list of nodes came to its end.
    private enum End {
        case end
        case otherwise
        /// `else if`, whose condition shares the outer end.
        case otherwiseIf(GoTemplateNode)
        case finished
    }

    init(_ text: String) {
        rest = text[...]
    }

    mutating func template() throws(GoTemplateError) -> [GoTemplateNode] {
        let (nodes, end) = try list()
        guard case .finished = end else { throw GoTemplateError("unexpected {{end}} or {{else}}") }
        return nodes
    }

    private mutating func list() throws(GoTemplateError) -> ([GoTemplateNode], End) {
        depth += 1
        defer { depth -= 1 }
        guard depth < 64 else { throw GoTemplateError("nested too deep") }
        var nodes: [GoTemplateNode] = []
        while !rest.isEmpty {
            guard let open = rest.firstRange(of: "{{") else {
                nodes.append(.text(String(rest)))
                rest = ""
                break
            }
            var text = rest[..<open.lowerBound]
            rest = rest[open.upperBound...]
            if rest.hasPrefix("- ") {
                rest = rest.dropFirst()
                while text.last?.isWhitespace ?? false { text.removeLast() }
            }
            if !text.isEmpty { nodes.append(.text(String(text))) }
            if let end = try action(into: &nodes) { return (nodes, end) }
        }
        return (nodes, .finished)
    }

    private mutating func action(into nodes: inout [GoTemplateNode]) throws(GoTemplateError) -> End? {
        skipSpace()
        if rest.hasPrefix("/*") {
            guard let close = rest.firstRange(of: "*/") else { throw GoTemplateError("unclosed comment") }
            rest = rest[close.upperBound...]
            try closeAction()
            return nil
        }
        switch keyword() {
        case "end":
            try closeAction()
            return .end
        case "else":
            skipSpace()
            if keyword(only: ["if"]) == "if" {
                return .otherwiseIf(try condition())
            }
            try closeAction()
            return .otherwise
        case "if": nodes.append(try condition())
        case "range": nodes.append(try range())
        case "with": nodes.append(try with())
        default:
            if let variable = assigned() {
                let pipeline = try pipeline()
                try closeAction()
                nodes.append(.assignment(variable, pipeline))
                return nil
            }
            let pipeline = try pipeline()
            try closeAction()
            nodes.append(.action(pipeline))
        }
        return nil
    }

    private mutating func condition() throws(GoTemplateError) -> GoTemplateNode {
        let pipeline = try pipeline()
        try closeAction()
        let (then, end) = try list()
        let otherwise = try alternative(after: end)
        return .condition(pipeline, then: then, otherwise: otherwise)
    }

    private mutating func with() throws(GoTemplateError) -> GoTemplateNode {
        skipSpace()
        let variable = assigned()
        let pipeline = try pipeline()
        try closeAction()
        let (body, end) = try list()
        return .with(variable: variable, pipeline, body: body, otherwise: try alternative(after: end))
    }

    /// The variable before `:=` or `=`, if there is one.
    private mutating func assigned() -> String? {
        let start = rest
        guard rest.hasPrefix("$") else { return nil }
        rest = rest.dropFirst()
        let name = word()
        skipSpace()
        for sign in [":=", "="] where !name.isEmpty && rest.hasPrefix(sign) {
            rest = rest.dropFirst(sign.count)
            return name
        }
        rest = start
        return nil
    }

    private mutating func range() throws(GoTemplateError) -> GoTemplateNode {
        var variables: [String] = []
        let start = rest
        skipSpace()
        while rest.hasPrefix("$") {
            rest = rest.dropFirst()
            variables.append(word())
            skipSpace()
            if rest.hasPrefix(",") { rest = rest.dropFirst() }
            skipSpace()
        }
        if rest.hasPrefix(":=") {
            rest = rest.dropFirst(2)
        } else {
            rest = start
            variables = []
        }
        let pipeline = try pipeline()
        try closeAction()
        let (body, end) = try list()
        let otherwise = try alternative(after: end)
        return .range(variables: variables, pipeline, body: body, otherwise: otherwise)
    }

    private mutating func alternative(after end: End) throws(GoTemplateError) -> [GoTemplateNode] {
        switch end {
        case .end: return []
        case .otherwiseIf(let node): return [node]
        case .finished: throw GoTemplateError("unexpected EOF: {{end}} is missing")
        case .otherwise:
            let (nodes, end) = try list()
            guard case .end = end else { throw GoTemplateError("expected {{end}}") }
            return nodes
        }
    }

    private mutating func pipeline() throws(GoTemplateError) -> [GoTemplateCommand] {
        var commands: [GoTemplateCommand] = []
        repeat {
            if rest.hasPrefix("|") { rest = rest.dropFirst() }
            var operands: [GoTemplateOperand] = []
            skipSpace()
            while let first = rest.first, !isEndOfCommand(first) {
                operands.append(try operand())
                skipSpace()
            }
            guard !operands.isEmpty else { throw GoTemplateError("missing value for command") }
            commands.append(GoTemplateCommand(operands: operands))
        } while rest.hasPrefix("|")
        return commands
    }

    private func isEndOfCommand(_ character: Character) -> Bool {
        character == "|" || character == ")" || rest.hasPrefix("}}") || rest.hasPrefix("-}}")
    }

    private mutating func operand() throws(GoTemplateError) -> GoTemplateOperand {
        switch rest.first {
        case ".":
            if rest.dropFirst().first.map({ $0.isLetter || $0 == "_" }) ?? false { return .field(fields()) }
            rest = rest.dropFirst()
            return .field([])
        case "$":
            rest = rest.dropFirst()
            return .variable(word(), fields())
        case "(":
            rest = rest.dropFirst()
            depth += 1
            guard depth < 64 else { throw GoTemplateError("nested too deep") }
            let inner = try pipeline()
            depth -= 1
            skipSpace()
            guard rest.hasPrefix(")") else { throw GoTemplateError("unclosed left paren") }
            rest = rest.dropFirst()
            return .pipeline(inner, fields())
        case "\"", "`": return .literal(.string(try quoted()))
        case let digit? where digit.isASCII && (digit.isNumber || digit == "-"):
            let digits = rest.prefix { $0.isNumber || $0 == "-" || $0 == "." }
            rest = rest.dropFirst(digits.count)
            guard let number = Int(digits) else { throw GoTemplateError("bad number \(digits)") }
            return .literal(.integer(number))
        default:
            let name = word()
            switch name {
            case "": throw GoTemplateError("unexpected \"\(rest.first.map(String.init) ?? "EOF")\" in command")
            case "true": return .literal(true)
            case "false": return .literal(false)
            case "nil": return .literal(.null)
            default:
                guard GoTemplateFunctions.names.contains(name) else {
                    throw GoTemplateError("function \"\(name)\" not defined")
                }
                return .function(name)
            }
        }
    }

    private mutating func fields() -> [String] {
        var names: [String] = []
        while rest.first == ".", let next = rest.dropFirst().first, next.isLetter || next == "_" {
            rest = rest.dropFirst()
            names.append(word())
        }
        return names
    }

    private mutating func quoted() throws(GoTemplateError) -> String {
        let quote = rest.removeFirst()
        var text = ""
        while let character = rest.popFirst() {
            if character == quote { return text }
            if character == "\\", quote == "\"" {
                switch rest.popFirst() {
                case "n": text.append("\n")
                case "t": text.append("\t")
                case let other?: text.append(other)
                case nil: break
                }
            } else {
                text.append(character)
            }
        }
        throw GoTemplateError("unterminated quoted string")
    }

    private mutating func word() -> String {
        let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        rest = rest.dropFirst(name.count)
        return String(name)
    }

    /// Takes one of the block keywords, or nothing.
    private mutating func keyword(only allowed: [String] = ["if", "range", "with", "else", "end"]) -> String? {
        let start = rest
        let word = word()
        if allowed.contains(word) { return word }
        rest = start
        return nil
    }

    private mutating func skipSpace() {
        rest = rest.drop { $0.isWhitespace }
    }

    private mutating func closeAction() throws(GoTemplateError) {
        skipSpace()
        if rest.hasPrefix("-}}") {
            rest = rest.dropFirst(3).drop { $0.isWhitespace }
        } else if rest.hasPrefix("}}") {
            rest = rest.dropFirst(2)
        } else {
            throw GoTemplateError(rest.isEmpty ? "unclosed action" : "unexpected \"\(rest.prefix(1))\" in command")
        }
    }
}
