/// The functions of Go's text/template, and those that docker adds.
enum GoTemplateFunctions {
    static let names: Set<String> = [
        "and", "eq", "ge", "gt", "index", "join", "json", "le", "len", "lower", "lt", "ne", "not", "or", "pad",
        "prettyjson", "print", "printf", "println", "slice", "split", "title", "truncate", "upper",
    ]

    static func call(_ name: String, _ operands: [JSONValue]) throws(GoTemplateError) -> JSONValue {
        func operand(_ index: Int) throws(GoTemplateError) -> JSONValue {
            guard operands.indices.contains(index) else {
                throw GoTemplateError("wrong number of args for \(name): got \(operands.count)")
            }
            return operands[index]
        }
        func number(_ index: Int) throws(GoTemplateError) -> Int {
            guard let number = try operand(index).int else {
                throw GoTemplateError("\(name): \(text(try operand(index))) is no whole number")
            }
            return number
        }
        switch name {
        case "json": return .string(try operand(0).jsonText)
        case "prettyjson": return .string(try operand(0).prettyPrinted())
        case "len": return .integer(try length(try operand(0)))
        case "index": return try index(try operand(0), operands.dropFirst())
        case "slice": return try slice(operands)
        case "print": return .string(printed(operands))
        case "println": return .string(operands.map(text).joined(separator: " ") + "\n")
        case "printf": return .string(try GoFormat.text(text(try operand(0)), Array(operands.dropFirst())))
        case "join":
            let separator = try operand(1).string ?? ""
            return .string((try operand(0).array ?? []).map(text).joined(separator: separator))
        case "split":
            let (whole, separator) = (text(try operand(0)), text(try operand(1)))
            let parts = separator.isEmpty ? whole.map { String($0) } : whole.components(around: separator)
            return .array(parts.map { .string($0) })
        case "upper": return .string(text(try operand(0)).uppercased())
        case "lower": return .string(text(try operand(0)).lowercased())
        case "title":
            let words = text(try operand(0)).split(separator: " ", omittingEmptySubsequences: false)
            return .string(words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: " "))
        case "pad":
            let (before, after) = (max(0, min(try number(1), 1000)), max(0, min(try number(2), 1000)))
            let whole = text(try operand(0))
            if whole.isEmpty { return .string("") }
            return .string(String(repeating: " ", count: before) + whole + String(repeating: " ", count: after))
        case "truncate":
            let limit = max(0, try number(1))
            return .string(String(text(try operand(0)).prefix(limit)))
        case "eq":
            let first = try operand(0)
            return .bool(operands.dropFirst().contains(first))
        case "ne": return .bool(try operand(0) != operand(1))
        case "lt": return .bool(try isLess(try operand(0), try operand(1)))
        case "gt": return .bool(try isLess(try operand(1), try operand(0)))
        case "le": return .bool(try !isLess(try operand(1), try operand(0)))
        case "ge": return .bool(try !isLess(try operand(0), try operand(1)))
        case "and", "or":
            let last = try operand(operands.count - 1)
            return operands.first { isTrue($0) == (name == "or") } ?? last
        case "not": return .bool(!isTrue(try operand(0)))
        default: throw GoTemplateError("function \"\(name)\" not defined")
        }
    }

    static func isTrue(_ value: JSONValue) -> Bool {
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
    static func text(_ value: JSONValue) -> String {
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

    private static func length(_ value: JSONValue) throws(GoTemplateError) -> Int {
        switch value {
        case .array(let values): return values.count
        case .object(let object): return object.count
        case .string(let text): return text.utf8.count
        // An empty list that a document leaves out.
        case .null: return 0
        default: throw GoTemplateError("len of a value that has no length")
        }
    }

    private static func index(
        _ start: JSONValue, _ keys: ArraySlice<JSONValue>
    ) throws(GoTemplateError) -> JSONValue {
        var value = start
        for key in keys {
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
    }

    /// `slice .ID 0 4`, of a string or a list.
    private static func slice(_ operands: [JSONValue]) throws(GoTemplateError) -> JSONValue {
        guard let value = operands.first else { throw GoTemplateError("wrong number of args for slice: got 0") }
        let count: Int
        switch value {
        case .string(let text): count = text.utf8.count
        case .array(let values): count = values.count
        default: throw GoTemplateError("can't slice item of type")
        }
        let start = operands.count > 1 ? operands[1].int : 0
        let end = operands.count > 2 ? operands[2].int : count
        guard let start, let end, 0 <= start, start <= end, end <= count else {
            throw GoTemplateError("slice: index out of range")
        }
        switch value {
        case .string(let text): return .string(String(decoding: Array(text.utf8)[start..<end], as: UTF8.self))
        default: return .array(Array((value.array ?? [])[start..<end]))
        }
    }

    /// fmt.Sprint: spaces between operands when neither is a string.
    private static func printed(_ operands: [JSONValue]) -> String {
        var whole = ""
        for (place, operand) in operands.enumerated() {
            if place > 0, operand.string == nil, operands[place - 1].string == nil { whole += " " }
            whole += text(operand)
        }
        return whole
    }

    private static func isLess(_ left: JSONValue, _ right: JSONValue) throws(GoTemplateError) -> Bool {
        switch (left, right) {
        case (.string(let left), .string(let right)): return left < right
        case (.number(let left), .number(let right)): return left.double < right.double
        default: throw GoTemplateError("incompatible types for comparison")
        }
    }
}

extension String {
    fileprivate func components(around separator: String) -> [String] {
        var parts: [String] = []
        var rest = self[...]
        while let place = rest.firstRange(of: separator) {
            parts.append(String(rest[..<place.lowerBound]))
            rest = rest[place.upperBound...]
        }
        return parts + [String(rest)]
    }
}
