/// Variables in the values of a compose file (compose-spec, 12-interpolation.md): `$NAME`, `${NAME}`, `${NAME:-default}`,
/// `${NAME-default}`, `${NAME:?message}`, `${NAME?message}`, `${NAME:+other}`, `${NAME+other}`, and `$$` for a dollar.
/// Defaults may hold variables again.
public struct Interpolation: Sendable {
    /// What can be wrong with a text.
    public enum Fault: Error, Sendable, Hashable {
        case malformed(String)
        case required(name: String, message: String)
    }

    private let variables: [String: String]

    public init(variables: [String: String]) {
        self.variables = variables
    }

    /// The text with its variables replaced; one that is not set is nothing.
    /// - Parameter unset: told of every variable that is not set and has no default.
    public func expand(_ text: String, unset: (String) -> Void = { _ in }) throws(Fault) -> String {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
        var rest = text[...]
        return try expand(&rest, whole: text, nested: false, unset)
    }

    /// Up to the end, or to the brace that closes what this is nested in.
    private func expand(
        _ rest: inout Substring, whole: String, nested: Bool, _ unset: (String) -> Void
    ) throws(Fault) -> String {
        var result = ""
        while let character = rest.first {
            if nested, character == "}" { break }
            rest = rest.dropFirst()
            guard character == "$" else {
                result.append(character)
                continue
            }
            if rest.first == "$" {
                result.append("$")
                rest = rest.dropFirst()
            } else if rest.first == "{" {
                rest = rest.dropFirst()
                result += try braced(&rest, whole, unset)
                guard rest.first == "}" else { throw .malformed(whole) }
                rest = rest.dropFirst()
            } else {
                let name = Self.name(&rest)
                guard !name.isEmpty else { throw .malformed(whole) }
                result += value(of: name, unset)
            }
        }
        return result
    }

    private func braced(_ rest: inout Substring, _ whole: String, _ unset: (String) -> Void) throws(Fault) -> String {
        let name = Self.name(&rest)
        guard !name.isEmpty else { throw .malformed(whole) }
        guard rest.first != "}" else { return value(of: name, unset) }
        let countsEmpty = rest.first == ":"
        if countsEmpty { rest = rest.dropFirst() }
        guard let operation = rest.first, "-?+".contains(operation) else { throw .malformed(whole) }
        rest = rest.dropFirst()
        let isSet = variables[name].map { !countsEmpty || !$0.isEmpty } ?? false
        // What is not used is read all the same, to find its end, but asks for nothing.
        let word = try Interpolation(variables: variables, isIdle: operation == "+" ? !isSet : isSet)
            .operand(&rest, whole, unset)
        switch operation {
        case "-": return isSet ? variables[name] ?? "" : word
        case "+": return isSet ? word : ""
        default:
            if !isSet, !isIdle { throw .required(name: name, message: word) }
            return variables[name] ?? ""
        }
    }

    private var isIdle = false

    private init(variables: [String: String], isIdle: Bool) {
        self.variables = variables
        self.isIdle = isIdle
    }

    private func operand(_ rest: inout Substring, _ whole: String, _ unset: (String) -> Void) throws(Fault) -> String {
        try expand(&rest, whole: whole, nested: true, isIdle ? { _ in } : unset)
    }

    private func value(of name: String, _ unset: (String) -> Void) -> String {
        if let value = variables[name] { return value }
        unset(name)
        return ""
    }

    private static func name(_ rest: inout Substring) -> String {
        guard let first = rest.first, first.isASCII, first.isLetter || first == "_" else { return "" }
        let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        rest = rest.dropFirst(name.count)
        return String(name)
    }
}
