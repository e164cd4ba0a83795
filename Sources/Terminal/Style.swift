/// Colour and weight of text (ECMA-48 SGR), or their absence.
public struct Style: Sendable, Hashable {
    public enum Attribute: Int, Sendable {
        case bold = 1, dim = 2, italic = 3, underline = 4
        case red = 31, green = 32, yellow = 33, blue = 34, magenta = 35, cyan = 36
    }

    public let isEnabled: Bool

    public init(isEnabled: Bool) {
        self.isEnabled = isEnabled
    }

    /// Colour where a terminal reads it, unless `NO_COLOR` is set (no-color.org) or `TERM` is `dumb`.
    public init(isTerminal: Bool, environment: [String: String]) {
        let refused = !(environment["NO_COLOR"] ?? "").isEmpty || environment["TERM"] == "dumb"
        isEnabled = isTerminal && !refused
    }

    public func callAsFunction(_ text: String, _ attributes: Attribute...) -> String {
        guard isEnabled, !attributes.isEmpty else { return text }
        return "\u{1B}[\(attributes.map { String($0.rawValue) }.joined(separator: ";"))m\(text)\u{1B}[0m"
    }
}
