/// Reads templates. Offsets are in Unicode scalars.
struct JSONPathParser {
    private let scalars: [Unicode.Scalar]
    private var position = 0
    /// Where `scalars` begins in the whole template.
    private let origin: Int
    private let depth: Int

    private static let maximumDepth = 32

    init(_ text: String) {
        self.init(Array(text.unicodeScalars), origin: 0, depth: 0)
    }

    private init(_ scalars: [Unicode.Scalar], origin: Int, depth: Int) {
        self.scalars = scalars
        self.origin = origin
        self.depth = depth
    }

    private enum Action {
        case text(String)
        case steps([JSONPath.Step])
        case range([JSONPath.Step])
        case end
    }

    mutating func template() throws(JSONPathError) -> [JSONPath.Segment] {
        var actions: [Action] = []
        while position < scalars.count {
            if take("{") {
                actions.append(try action())
            } else {
                var text = ""
                while let scalar = current, scalar != "{" {
                    text.unicodeScalars.append(scalar)
                    position += 1
                }
                actions.append(.text(text))
            }
        }
        var rest = actions[...]
        return try Self.segments(&rest, isInRange: false)
    }

    private static func segments(_ actions: inout ArraySlice<Action>, isInRange: Bool) throws(JSONPathError)
        -> [JSONPath.Segment]
    {
        var segments: [JSONPath.Segment] = []
        while let action = actions.popFirst() {
            switch action {
            case .text(let text): segments.append(.text(text))
            case .steps(let steps): segments.append(.expression(steps))
            case .range(let steps): segments.append(.range(steps, try Self.segments(&actions, isInRange: true)))
            case .end:
                guard isInRange else { throw JSONPathError("not in range, nothing to end") }
                return segments
            }
        }
        return segments
    }

    /// What stands between braces, the first of which has been read.
    private mutating func action() throws(JSONPathError) -> Action {
        skipSpaces()
        let start = position
        let word = self.word()
        if word == "range" { return .range(try steps(until: "}")) }
        if word == "end" {
            skipSpaces()
            guard take("}") else { throw fault("unclosed action") }
            return .end
        }
        position = start
        return .steps(try steps(until: "}"))
    }

    /// Steps up to the closing brace, or up to the end where there is none to come.
    private mutating func steps(until close: Unicode.Scalar?) throws(JSONPathError) -> [JSONPath.Step] {
        var steps: [JSONPath.Step] = []
        while let scalar = current {
            if scalar == close {
                position += 1
                return steps
            }
            switch scalar {
            case " ", "@", "$":
                position += 1
            case ".":
                position += 1
                if take(".") {
                    if case .recursive? = steps.last { throw fault("invalid multiple recursive descent") }
                    steps.append(.recursive)
                    guard let next = current, !Self.isTerminator(next), next != "\"", next != "'" else { continue }
                }
                if let field = field() { steps.append(field) }
            case "[":
                position += 1
                if current == "?" { steps.append(try filter()) } else { steps += try bracket() }
            case "\"", "'":
                steps.append(.literal(.string(try quoted(scalar))))
            case "+", "-", "0"..."9":
                steps.append(.literal(try number()))
            case "\n", "\r":
                throw fault("unclosed action")
            default:
                guard scalar == "_" || scalar.properties.isAlphabetic else {
                    throw fault("unrecognized character in action: U+\(Self.hex(scalar)) '\(scalar)'")
                }
                let word = self.word()
                switch word {
                case "true": steps.append(.literal(true))
                case "false": steps.append(.literal(false))
                default: steps.append(.unknown(word))
                }
            }
        }
        if close != nil { throw fault("unclosed action") }
        return steps
    }

    /// A name after a dot; nil for a dot that stands alone.
    private mutating func field() -> JSONPath.Step? {
        var name = ""
        var isEscaped = false
        while let scalar = current, isEscaped || !Self.isTerminator(scalar) {
            position += 1
            if !isEscaped, scalar == "\\" {
                isEscaped = true
            } else {
                name.unicodeScalars.append(scalar)
                isEscaped = false
            }
        }
        if name.isEmpty { return nil }
        return name == "*" ? .wildcard : .field(name)
    }

    // MARK: Brackets

    private mutating func bracket() throws(JSONPathError) -> [JSONPath.Step] {
        let parts = try bracketParts()
        if parts.count == 1, let part = parts.first { return try element(part.text, at: part.start) }
        var union: [[JSONPath.Step]] = []
        for part in parts { union.append(try element(part.text, at: part.start)) }
        return [.union(union)]
    }

    /// The texts between commas up to the closing bracket, and where they begin. Quotes protect both.
    private mutating func bracketParts() throws(JSONPathError) -> [(text: [Unicode.Scalar], start: Int)] {
        var parts: [(text: [Unicode.Scalar], start: Int)] = []
        var start = position
        var quote: Unicode.Scalar?
        while let scalar = current, scalar != "\n" {
            position += 1
            if scalar == quote {
                quote = nil
            } else if quote != nil {
                continue
            } else if scalar == "'" {
                quote = scalar
            } else if scalar == "," || scalar == "]" {
                parts.append((Array(scalars[start..<(position - 1)]), start))
                start = position
                if scalar == "]" { return parts }
            }
        }
        throw fault("unterminated array")
    }

    /// `*`, `'name'`, an index or a slice.
    private func element(_ text: [Unicode.Scalar], at start: Int) throws(JSONPathError) -> [JSONPath.Step] {
        var text = text[...]
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        if text.count == 1, text.first == "*" {
            return [.slice(JSONPath.Slice(start: nil, end: nil, step: nil, isIndex: false))]
        }
        if text.count >= 2, text.first == "'", text.last == "'" {
            // A quoted key is a path too: ['metadata.name'].
            return try nested([Unicode.Scalar(UInt8(ascii: "."))] + text.dropFirst().dropLast(), at: start)
        }
        func fault() -> JSONPathError {
            JSONPathError("invalid array index \(Self.string(text))", at: origin + start)
        }
        let numbers = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...3).contains(numbers.count), !text.isEmpty else { throw fault() }
        var values: [Int?] = []
        for number in numbers {
            let digits = Self.string(number)
            if digits.isEmpty {
                values.append(nil)
            } else if let value = Int(digits), !digits.hasPrefix("+"), abs(value) < 1 << 31 {
                values.append(value)
            } else {
                throw fault()
            }
        }
        return [
            .slice(
                JSONPath.Slice(
                    start: values[0], end: values.count > 1 ? values[1] : nil, step: values.count > 2 ? values[2] : nil,
                    isIndex: values.count == 1))
        ]
    }

    /// `?(…)]`; the bracket before it has been read.
    private mutating func filter() throws(JSONPathError) -> JSONPath.Step {
        position += 1
        guard take("(") else { throw fault("unterminated filter") }
        let start = position
        var quote: Unicode.Scalar?
        var isEscaped = false
        var parentheses = 0
        // Where the sign of the comparison is.
        var sign: Range<Int>?
        while let scalar = current, scalar != "\n" {
            if let open = quote {
                if isEscaped {
                    isEscaped = false
                } else if scalar == "\\" {
                    isEscaped = true
                } else if scalar == open {
                    quote = nil
                }
            } else if scalar == "\"" || scalar == "'" {
                quote = scalar
            } else if scalar == "(" {
                parentheses += 1
            } else if scalar == ")", parentheses > 0 {
                parentheses -= 1
            } else if scalar == ")" {
                let end = position
                position += 1
                guard take("]") else { throw fault("unclosed array expect ]") }
                guard let sign else {
                    return .filter(try nested(scalars[start..<end], at: start), nil)
                }
                let comparison = JSONPath.Comparison(
                    sign: Self.string(scalars[sign]),
                    right: try nested(scalars[sign.upperBound..<end], at: sign.upperBound))
                return .filter(try nested(scalars[start..<sign.lowerBound], at: start), comparison)
            } else if sign == nil, parentheses == 0, Self.isSign(scalar), position > start {
                var end = position
                while end < scalars.count, Self.isSign(scalars[end]) { end += 1 }
                sign = position..<end
                position = end
                continue
            }
            position += 1
        }
        throw fault("unterminated filter")
    }

    private func nested(_ scalars: some Sequence<Unicode.Scalar>, at start: Int) throws(JSONPathError)
        -> [JSONPath.Step]
    {
        guard depth < Self.maximumDepth else {
            throw JSONPathError("nested deeper than \(Self.maximumDepth) levels", at: origin + start)
        }
        var parser = JSONPathParser(Array(scalars), origin: origin + start, depth: depth + 1)
        return try parser.steps(until: nil)
    }

    // MARK: Literals

    private mutating func quoted(_ quote: Unicode.Scalar) throws(JSONPathError) -> String {
        let start = position
        position += 1
        var text = ""
        while let scalar = current, scalar != "\n" {
            position += 1
            if scalar == quote { return text }
            guard scalar == "\\" else {
                text.unicodeScalars.append(scalar)
                continue
            }
            guard let escaped = try escape() else {
                throw JSONPathError(
                    "unquote string \(Self.string(scalars[start..<position])) error invalid syntax", at: origin + start)
            }
            text.unicodeScalars.append(escaped)
        }
        throw fault("unterminated quoted string")
    }

    /// What follows a backslash, as in Go's quoted strings.
    private mutating func escape() throws(JSONPathError) -> Unicode.Scalar? {
        guard let scalar = current else { throw fault("unterminated quoted string") }
        position += 1
        switch scalar {
        case "a": return "\u{07}"
        case "b": return "\u{08}"
        case "f": return "\u{0C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "v": return "\u{0B}"
        case "\\", "'", "\"": return scalar
        case "x": return hexadecimal(digits: 2)
        case "u": return hexadecimal(digits: 4)
        case "U": return hexadecimal(digits: 8)
        default: return nil
        }
    }

    private mutating func hexadecimal(digits: Int) -> Unicode.Scalar? {
        guard position + digits <= scalars.count else { return nil }
        let text = Self.string(scalars[position..<(position + digits)])
        guard text.utf8.first != UInt8(ascii: "+"), text.utf8.first != UInt8(ascii: "-"),
            let code = UInt32(text, radix: 16)
        else { return nil }
        position += digits
        return Unicode.Scalar(code)
    }

    private mutating func number() throws(JSONPathError) -> JSONValue {
        let start = position
        if current == "+" || current == "-" { position += 1 }
        while let scalar = current, scalar == "." || ("0"..."9").contains(scalar) { position += 1 }
        let text = Self.string(scalars[start..<position])
        if let integer = Int64(text) { return .number(JSONNumber(integer)) }
        guard let value = Double(text), value.isFinite else {
            throw JSONPathError("cannot parse number \(text)", at: origin + start)
        }
        return .number(JSONNumber(value))
    }

    private mutating func word() -> String {
        let start = position
        while let scalar = current, !Self.isTerminator(scalar) { position += 1 }
        return Self.string(scalars[start..<position])
    }

    // MARK: Characters

    private var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard current == scalar else { return false }
        position += 1
        return true
    }

    private mutating func skipSpaces() {
        while current == " " { position += 1 }
    }

    private func fault(_ reason: String) -> JSONPathError {
        JSONPathError(reason, at: origin + position)
    }

    private static func isTerminator(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case " ", "\t", "\r", "\n", ".", ",", "[", "]", "$", "@", "{", "}": true
        default: false
        }
    }

    private static func isSign(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "=" || scalar == "!" || scalar == "<" || scalar == ">"
    }

    private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars)
        return text
    }

    private static func hex(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
