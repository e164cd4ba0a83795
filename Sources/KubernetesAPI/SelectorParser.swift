/// What is wrong with a selector, in the words of Kubernetes.
public struct SelectorError: Error, Hashable, Sendable, CustomStringConvertible {
    /// `unable to parse requirement: found '=', expected: identifier`
    public let reason: String
    /// Characters before the fault.
    public let offset: Int

    public init(reason: String, offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    public var description: String { reason }
}

extension LabelSelector {
    /// Reads `a=b,c==d,e!=f,g in (h,i),j notin (k),l,!m` (`apimachinery/pkg/labels`); empty text selects everything.
    ///
    /// `gt` and `lt` (`a>1`) are refused: the API accepts them for node affinity only.
    /// - Throws: `SelectorError`, also where a key or value is no valid label.
    public init(parsing text: String) throws(SelectorError) {
        var parser = LabelSelectorParser(text)
        self.init(try parser.requirements())
    }
}

extension LabelSelector: CustomStringConvertible {
    /// The text that reads back as the same selector, as kubectl prints selectors: `a=b,g in (h,i),!m`.
    public var description: String {
        requirements.map { requirement in
            let key = requirement.key
            switch requirement.operator {
            case .equals(let value): return "\(key)=\(value)"
            case .notEquals(let value): return "\(key)!=\(value)"
            case .in(let values): return "\(key) in (\(values.sorted().joined(separator: ",")))"
            case .notIn(let values): return "\(key) notin (\(values.sorted().joined(separator: ",")))"
            case .exists: return key
            case .doesNotExist: return "!\(key)"
            }
        }.joined(separator: ",")
    }
}

private struct LabelSelectorParser {
    enum Token: Equatable {
        case word(String)
        case symbol(String)
        case end

        var text: String {
            switch self {
            case .word(let text), .symbol(let text): text
            case .end: ""
            }
        }
    }

    private let scalars: [Unicode.Scalar]
    private var position = 0
    /// Where the last token began.
    private var start = 0

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
    }

    mutating func requirements() throws(SelectorError) -> [LabelSelector.Requirement] {
        var requirements: [LabelSelector.Requirement] = []
        switch peek() {
        case .end: return []
        case .word, .symbol("!"): break
        case .symbol(let symbol):
            _ = next()
            throw SelectorError(
                reason: "found '\(symbol)', expected: !, identifier, or 'end of string'", offset: start)
        }
        while true {
            requirements.append(try requirement())
            let token = next()
            switch token {
            case .end: return requirements
            case .symbol(","):
                let following = peek()
                if following == .symbol("!") { continue }
                guard case .word = following else {
                    _ = next()
                    throw SelectorError(
                        reason: "found '\(following.text)', expected: identifier after ','", offset: start)
                }
            default:
                throw SelectorError(reason: "found '\(token.text)', expected: ',' or 'end of string'", offset: start)
            }
        }
    }

    private mutating func requirement() throws(SelectorError) -> LabelSelector.Requirement {
        var token = next()
        if token == .symbol("!") {
            token = next()
            return LabelSelector.Requirement(try key(token), .doesNotExist)
        }
        let key = try key(token)
        switch peek() {
        case .end, .symbol(","):
            return LabelSelector.Requirement(key, .exists)
        default: break
        }
        let sign = next()
        switch sign {
        case .symbol("="), .symbol("=="): return LabelSelector.Requirement(key, .equals(try value(of: key)))
        case .symbol("!="): return LabelSelector.Requirement(key, .notEquals(try value(of: key)))
        case .word("in"): return LabelSelector.Requirement(key, .in(try values(of: key)))
        case .word("notin"): return LabelSelector.Requirement(key, .notIn(try values(of: key)))
        default: throw fault("found '\(sign.text)', expected: in, notin, =, ==, !=, gt, lt")
        }
    }

    private func key(_ token: Token) throws(SelectorError) -> String {
        guard case .word(let key) = token else { throw fault("found '\(token.text)', expected: identifier") }
        if let problem = DNS1123.problems(qualifiedName: key).first {
            throw fault("<nil>: Invalid value: \"\(key)\": \(problem)")
        }
        return key
    }

    private mutating func value(of key: String) throws(SelectorError) -> String {
        switch peek() {
        case .end, .symbol(","): return ""
        default: break
        }
        let token = next()
        guard case .word(let value) = token else { throw fault("found '\(token.text)', expected: identifier") }
        return try checked(value, of: key)
    }

    private mutating func values(of key: String) throws(SelectorError) -> [String] {
        let open = next()
        guard open == .symbol("(") else { throw fault("found '\(open.text)', expected: '('") }
        var values: [String] = []
        while true {
            switch peek() {
            case .word(let value):
                _ = next()
                values.append(try checked(value, of: key))
            case .symbol(","), .symbol(")"): values.append("")
            default: break
            }
            let token = next()
            if token == .symbol(")") {
                // Sorted and without repetition, as a set is.
                return Set(values).sorted()
            }
            guard token == .symbol(",") else { throw fault("found '\(token.text)', expected: ',' or ')'") }
        }
    }

    private func checked(_ value: String, of key: String) throws(SelectorError) -> String {
        if let problem = DNS1123.problems(labelValue: value).first {
            throw fault("values[0][\(key)]: Invalid value: \"\(value)\": \(problem)")
        }
        return value
    }

    private func fault(_ reason: String) -> SelectorError {
        SelectorError(reason: "unable to parse requirement: \(reason)", offset: start)
    }

    private mutating func peek() -> Token {
        let (position, start) = (self.position, self.start)
        defer { (self.position, self.start) = (position, start) }
        return next()
    }

    private mutating func next() -> Token {
        while position < scalars.count, Self.isSpace(scalars[position]) { position += 1 }
        start = position
        guard position < scalars.count else { return .end }
        if Self.isSymbol(scalars[position]) {
            let first = scalars[position]
            position += 1
            if first == "=" || first == "!", position < scalars.count, scalars[position] == "=" {
                position += 1
                return .symbol("\(first)=")
            }
            return .symbol(String(Character(first)))
        }
        var word = ""
        while position < scalars.count, !Self.isSpace(scalars[position]), !Self.isSymbol(scalars[position]) {
            word.unicodeScalars.append(scalars[position])
            position += 1
        }
        return .word(word)
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\t" || scalar == "\r" || scalar == "\n"
    }

    private static func isSymbol(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "=", "!", "(", ")", ",", ">", "<": true
        default: false
        }
    }
}
