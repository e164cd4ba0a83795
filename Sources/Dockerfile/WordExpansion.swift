/// Replaces variables in a word and takes its quotes away, by the rules of a shell as far as a Dockerfile has them:
/// `$NAME`, `${NAME}`, `${NAME:-word}`, `${NAME:+word}`, `${NAME:?word}` (each also without the colon),
/// `${NAME#pattern}`, `${NAME%pattern}` (`##` and `%%` for the longest), `${NAME/pattern/word}` (`//` for all).
public struct WordExpansion {
    /// Why a word cannot be expanded, in a shell's words.
    public struct Failure: Error, Sendable, Hashable {
        public let message: String
    }

    private let characters: [Character]
    private let escape: Character
    private let value: (String) -> String?
    private let hasVariables: Bool
    private var index = 0
    private var depth = 0

    private init(
        _ text: some StringProtocol, escape: Character, hasVariables: Bool, value: @escaping (String) -> String?
    ) {
        characters = Array(text)
        self.escape = escape
        self.hasVariables = hasVariables
        self.value = value
    }

    /// The word with its variables replaced; unset ones are empty.
    /// - Parameter value: of a variable, nil if it is not set.
    public static func expand(
        _ text: some StringProtocol, escape: Character = "\\", _ value: @escaping (String) -> String?
    ) throws(Failure) -> String {
        var expansion = WordExpansion(text, escape: escape, hasVariables: true, value: value)
        return try expansion.word(until: nil)
    }

    /// A here-document: variables are replaced, quotes are text.
    public static func expandText(
        _ text: String, _ value: @escaping (String) -> String?
    ) throws(Failure) -> String {
        var expansion = WordExpansion(text, escape: "\\", hasVariables: true, value: value)
        var result = ""
        while let character = expansion.next() {
            if character == "\\", let following = expansion.peek, "\\$`".contains(following) {
                result.append(following)
                expansion.index += 1
            } else if character == "$" {
                result += try expansion.variable()
            } else {
                result.append(character)
            }
        }
        return result
    }

    static func withoutQuotes(_ text: String, escape: Character) -> String {
        var expansion = WordExpansion(text, escape: escape, hasVariables: false) { _ in nil }
        return (try? expansion.word(until: nil)) ?? text
    }

    private var peek: Character? { index < characters.count ? characters[index] : nil }

    private mutating func next() -> Character? {
        guard index < characters.count else { return nil }
        defer { index += 1 }
        return characters[index]
    }

    /// Up to `stop`, which is taken too, or to the end.
    private mutating func word(until stop: Character?) throws(Failure) -> String {
        var result = ""
        while let character = next() {
            if character == stop { return result }
            switch character {
            case "'": result += try singleQuoted()
            case "\"": result += try doubleQuoted()
            case "$" where hasVariables: result += try variable()
            case escape:
                if let following = next() { result.append(following) }
            default: result.append(character)
            }
        }
        if stop != nil { throw Failure(message: "syntax error: missing '}'") }
        return result
    }

    private mutating func singleQuoted() throws(Failure) -> String {
        var result = ""
        while let character = next() {
            if character == "'" { return result }
            result.append(character)
        }
        throw Failure(message: "unexpected end of statement while looking for matching single-quote")
    }

    private mutating func doubleQuoted() throws(Failure) -> String {
        var result = ""
        while let character = next() {
            switch character {
            case "\"": return result
            case "$" where hasVariables: result += try variable()
            case escape:
                guard let following = next() else { break }
                // Inside double quotes only these lose their meaning; elsewhere the escape stays.
                if following != "\"", following != "$", following != escape { result.append(character) }
                result.append(following)
            default: result.append(character)
            }
        }
        throw Failure(message: "unexpected end of statement while looking for matching double-quote")
    }

    /// Behind a `$`.
    private mutating func variable() throws(Failure) -> String {
        guard let first = peek else { return "$" }
        if first == "{" {
            index += 1
            // Words inside words: a stack of them must not be ours.
            depth += 1
            defer { depth -= 1 }
            guard depth <= 64 else { throw Failure(message: "substitutions are nested too deeply") }
            return try substitution()
        }
        let name = variableName()
        if name.isEmpty { return "$" }
        return value(name) ?? ""
    }

    private mutating func variableName() -> String {
        var name = ""
        while let character = peek, character.isASCII, character.isLetter || character == "_" || character.isNumber {
            if name.isEmpty, character.isNumber {
                // A shell's parameters ($1) have no value here.
                index += 1
                return String(character)
            }
            name.append(character)
            index += 1
        }
        return name
    }

    /// Behind a `${`.
    private mutating func substitution() throws(Failure) -> String {
        let name = variableName()
        guard !name.isEmpty else { throw Failure(message: "syntax error: bad substitution") }
        guard let operation = next() else { throw Failure(message: "syntax error: missing '}'") }
        let current = value(name)
        switch operation {
        case "}": return current ?? ""
        case ":":
            guard let modifier = next() else { throw Failure(message: "syntax error: missing '}'") }
            return try choice(modifier, ":\(modifier)", name, current.flatMap { $0.isEmpty ? nil : $0 })
        case "-", "+", "?": return try choice(operation, String(operation), name, current)
        case "#", "%":
            let isLongest = peek == operation
            if isLongest { index += 1 }
            let pattern = try pattern(until: "}").text
            return ShellPattern(pattern).removed(
                from: current ?? "", atEnd: operation == "%", longest: isLongest)
        case "/":
            let replacesAll = peek == "/"
            if replacesAll { index += 1 }
            let (pattern, stop) = try pattern(until: "/")
            let replacement = stop == "/" ? try word(until: "}") : ""
            return ShellPattern(pattern).replaced(in: current ?? "", by: replacement, all: replacesAll)
        default: throw Failure(message: "unsupported modifier (\(operation)) in substitution")
        }
    }

    private mutating func choice(
        _ modifier: Character, _ shown: String, _ name: String, _ current: String?
    ) throws(Failure) -> String {
        guard "-+?".contains(modifier) else {
            throw Failure(message: "unsupported modifier (\(shown)) in substitution")
        }
        let word = try word(until: "}")
        switch modifier {
        case "-": return current ?? word
        case "+": return current == nil ? "" : word
        default:
            if let current { return current }
            throw Failure(message: "\(name): \(word.isEmpty ? "is not allowed to be unset" : word)")
        }
    }

    /// A pattern; an escaped character in it stays escaped.
    private mutating func pattern(until stop: Character) throws(Failure) -> (text: String, stop: Character) {
        var text = ""
        while let character = next() {
            if character == stop || character == "}" { return (text, character) }
            if character == "$" {
                text += try variable()
            } else {
                text.append(character)
                if character == "\\", let following = next() { text.append(following) }
            }
        }
        throw Failure(message: "syntax error: missing '}'")
    }
}
