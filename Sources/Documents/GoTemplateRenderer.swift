/// Evaluates a parsed Go template.
struct GoTemplateRenderer {
    static let functions: Set<String> = [
        "json", "index", "len", "print", "println", "join", "upper", "lower", "eq", "ne", "not",
    ]

    let root: JSONValue
    var output = ""
    private var variables: [String: JSONValue] = [:]

    init(root: JSONValue) {
        self.root = root
    }

    mutating func render(_ nodes: [GoTemplateNode], dot: JSONValue) throws(GoTemplateError) {
        for node in nodes {
            switch node {
            case .text(let text): output += text
            case .action(let pipeline): output += Self.text(try value(pipeline, dot))
            case .condition(let pipeline, let then, let otherwise):
                try render(Self.isTrue(try value(pipeline, dot)) ? then : otherwise, dot: dot)
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
        default: throw GoTemplateError("range can't iterate over \(Self.text(collection))")
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
                piped = try Self.call(name, operands)
            } else {
                guard operands.isEmpty else { throw GoTemplateError("can't give argument to non-function") }
                piped = try value(command.operands[0], dot)
            }
        }
        return piped ?? .null
    }

    private func value(_ operand: GoTemplateOperand, _ dot: JSONValue) throws(GoTemplateError) -> JSONValue {
        switch operand {
        case .field(let names): return try Self.follow(names, from: dot)
        case .variable(let name, let names):
            guard let start = name.isEmpty ? root : variables[name] else {
                throw GoTemplateError("undefined variable \"$\(name)\"")
            }
            return try Self.follow(names, from: start)
        case .literal(let literal): return literal
        case .pipeline(let inner, let names): return try Self.follow(names, from: try value(inner, dot))
        case .function(let name): return try Self.call(name, [])
        }
    }

    private static func follow(_ names: [String], from start: JSONValue) throws(GoTemplateError) -> JSONValue {
        var value = start
        for name in names {
            switch value {
            case .object(let object): value = object[name] ?? .null
            case .null: throw GoTemplateError("nil pointer evaluating interface {}.\(name)")
            default: throw GoTemplateError("can't evaluate field \(name)")
            }
        }
        return value
    }

    private static func call(_ name: String, _ operands: [JSONValue]) throws(GoTemplateError) -> JSONValue {
        func operand(_ index: Int) throws(GoTemplateError) -> JSONValue {
            guard operands.indices.contains(index) else {
                throw GoTemplateError("wrong number of args for \(name): got \(operands.count)")
            }
            return operands[index]
        }
        switch name {
        case "json": return .string(try operand(0).jsonText)
        case "len":
            switch try operand(0) {
            case .array(let values): return .integer(values.count)
            case .object(let object): return .integer(object.count)
            case .string(let text): return .integer(text.utf8.count)
            default: throw GoTemplateError("len of a value that has no length")
            }
        case "index":
            var value = try operand(0)
            for key in operands.dropFirst() {
                switch (value, key) {
                case (.array(let values), .number):
                    guard let position = key.int, values.indices.contains(position) else {
                        throw GoTemplateError("index out of range: \(text(key))")
                    }
                    value = values[position]
                case (.object(let object), .string(let member)): value = object[member] ?? .null
                case (.null, _): value = .null
                default: throw GoTemplateError("can't index item of type")
                }
            }
            return value
        case "print": return .string(operands.map(text).joined(separator: " "))
        case "println": return .string(operands.map(text).joined(separator: " ") + "\n")
        case "join":
            let separator = try operand(1).string ?? ""
            return .string((try operand(0).array ?? []).map(text).joined(separator: separator))
        case "upper": return .string(text(try operand(0)).uppercased())
        case "lower": return .string(text(try operand(0)).lowercased())
        case "eq":
            let first = try operand(0)
            return .bool(operands.dropFirst().contains(first))
        case "ne": return .bool(try operand(0) != operand(1))
        case "not": return .bool(!isTrue(try operand(0)))
        default: throw GoTemplateError("function \"\(name)\" not defined")
        }
    }

    private static func isTrue(_ value: JSONValue) -> Bool {
        switch value {
        case .null: false
        case .bool(let value): value
        case .number(let number): number.double != 0
        case .string(let text): !text.isEmpty
        case .array(let values): !values.isEmpty
        case .object(let object): !object.isEmpty
        }
    }

    /// As Go's `%v` prints it.
    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .null: "<no value>"
        case .bool(let value): value ? "true" : "false"
        case .number(let number): number.text
        case .string(let text): text
        case .array(let values): "[" + values.map(text).joined(separator: " ") + "]"
        case .object(let object):
            "map[" + object.sorted { $0.key < $1.key }.map { "\($0.key):\(text($0.value))" }.joined(separator: " ")
                + "]"
        }
    }
}
