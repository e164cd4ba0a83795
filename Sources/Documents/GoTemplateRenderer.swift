/// Evaluates a parsed Go template.
struct GoTemplateRenderer {
    let root: JSONValue
    var output = ""
    private var variables: [String: JSONValue] = [:]

    private let isStrict: Bool
    private let method: GoTemplate.Method?

    init(root: JSONValue, isStrict: Bool, method: GoTemplate.Method?) {
        self.root = root
        self.isStrict = isStrict
        self.method = method
    }

    mutating func render(_ nodes: [GoTemplateNode], dot: JSONValue) throws(GoTemplateError) {
        for node in nodes {
            switch node {
            case .text(let text): output += text
            case .action(let pipeline): output += GoTemplateFunctions.text(try value(pipeline, dot))
            case .condition(let pipeline, let then, let otherwise):
                try render(GoTemplateFunctions.isTrue(try value(pipeline, dot)) ? then : otherwise, dot: dot)
            case .with(let name, let pipeline, let body, let otherwise):
                let subject = try value(pipeline, dot)
                let saved = variables
                if let name { variables[name] = subject }
                if GoTemplateFunctions.isTrue(subject) {
                    try render(body, dot: subject)
                } else {
                    try render(otherwise, dot: dot)
                }
                variables = saved
            case .assignment(let name, let pipeline): variables[name] = try value(pipeline, dot)
            case .range(let names, let pipeline, let body, let otherwise):
                try range(names, over: try value(pipeline, dot), body, otherwise, dot)
            }
        }
    }

    private mutating func range(
        _ names: [String], over collection: JSONValue, _ body: [GoTemplateNode], _ otherwise: [GoTemplateNode],
        _ dot: JSONValue
    ) throws(GoTemplateError) {
        let saved = variables
        defer { variables = saved }
        let pairs: [(JSONValue, JSONValue)]
        switch collection {
        case .array(let values): pairs = values.enumerated().map { (.integer($0.offset), $0.element) }
        case .object(let object): pairs = object.sorted { $0.key < $1.key }.map { (.string($0.key), $0.value) }
        case .null: pairs = []
        default: throw GoTemplateError("range can't iterate over \(GoTemplateFunctions.text(collection))")
        }
        if pairs.isEmpty { return try render(otherwise, dot: dot) }
        for (key, value) in pairs {
            if names.count > 1 { variables[names[0]] = key }
            if let last = names.last { variables[last] = value }
            try render(body, dot: value)
        }
    }

    private func value(_ pipeline: [GoTemplateCommand], _ dot: JSONValue) throws(GoTemplateError) -> JSONValue {
        var piped: JSONValue?
        for command in pipeline {
            var operands: [JSONValue] = []
            for operand in command.operands.dropFirst() { operands.append(try value(operand, dot)) }
            if let piped { operands.append(piped) }
            if case .function(let name) = command.operands[0] {
                piped = try GoTemplateFunctions.call(name, operands)
            } else {
                if case .field(let names) = command.operands[0], let name = names.last, !operands.isEmpty,
                    let answer = method?(name, try follow(Array(names.dropLast()), from: dot), operands)
                {
                    piped = answer
                    continue
                }
                guard operands.isEmpty else { throw GoTemplateError("can't give argument to non-function") }
                piped = try value(command.operands[0], dot)
            }
        }
        return piped ?? .null
    }

    private func value(_ operand: GoTemplateOperand, _ dot: JSONValue) throws(GoTemplateError) -> JSONValue {
        switch operand {
        case .field(let names): return try follow(names, from: dot)
        case .variable(let name, let names):
            guard let start = name.isEmpty ? root : variables[name] else {
                throw GoTemplateError("undefined variable \"$\(name)\"")
            }
            return try follow(names, from: start)
        case .literal(let literal): return literal
        case .pipeline(let inner, let names): return try follow(names, from: try value(inner, dot))
        case .function(let name): return try GoTemplateFunctions.call(name, [])
        }
    }

    private func follow(_ names: [String], from start: JSONValue) throws(GoTemplateError) -> JSONValue {
        var value = start
        for name in names {
            switch value {
            case .object(let object):
                if isStrict, object[name] == nil, Self.isStructure(object, with: name) {
                    throw GoTemplateError("can't evaluate field \(name): there is \(Self.fields(object))")
                }
                value = object[name] ?? .null
            case .null: throw GoTemplateError("nil pointer evaluating interface {}.\(name)")
            default: throw GoTemplateError("can't evaluate field \(name)")
            }
        }
        return value
    }

    /// Whether `name` could be a field of it: in Go, exported fields begin with a capital.
    private static func isStructure(_ object: JSONObject, with name: String) -> Bool {
        func isCapital(_ text: String) -> Bool { text.first?.isUppercase ?? false }
        return isCapital(name) && object.contains { isCapital($0.key) }
    }

    private static func fields(_ object: JSONObject) -> String { object.map(\.key).joined(separator: ", ") }
}
