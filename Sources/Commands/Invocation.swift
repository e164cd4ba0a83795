/// A command line as parsed: the values of flags and the arguments.
public struct Invocation: Sendable {
    /// The words that led to the command: `["kubectl", "rollout", "undo"]`.
    public var path: [String]
    /// The words as they were typed, behind the root command's name.
    public var words: [String]
    /// Arguments before `--`.
    public var arguments: [String]
    /// Arguments behind `--`, or nil where there was none.
    public var afterDashes: [String]?
    /// Values in the order given, by flag name.
    var values: [String: [String]]
    var fallbacks: [String: String]

    public init(path: [String], arguments: [String] = [], afterDashes: [String]? = nil) {
        self.path = path
        words = []
        self.arguments = arguments
        self.afterDashes = afterDashes
        values = [:]
        fallbacks = [:]
    }

    /// The flag was given.
    public func has(_ flag: String) -> Bool { values[flag] != nil }

    /// A toggle is on.
    public func isOn(_ flag: String) -> Bool { self[flag] == "true" }

    /// The last value given, or the fallback.
    public subscript(flag: String) -> String? { values[flag]?.last ?? fallbacks[flag] }

    public func integer(_ flag: String) -> Int? { self[flag].flatMap { Int($0) } }

    /// All values of a list flag, in order.
    public func all(_ flag: String) -> [String] { values[flag] ?? [] }

    /// Arguments before and behind `--` together.
    public var allArguments: [String] { arguments + (afterDashes ?? []) }
}
