/// What is wrong with a compose file, and where.
public struct ComposeError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Reason: Sendable, Hashable {
        /// A text that is no YAML.
        case syntax(String)
        /// `must be a list`, `must be a string`, …
        case wrongType(expected: String)
        /// A member that nobody knows; the nearest that somebody does.
        case unknownKey(String, suggestion: String?)
        /// A variable that has to be set, with what its author says about that.
        case requiredVariable(String, message: String)
        case badInterpolation(String)
        /// A name that stands for nothing: `service "web" depends on undefined service "db"`.
        case undefined(String)
        /// Services that wait for each other.
        case cycle([String])
        case other(String)
    }

    /// As the caller named it; empty where it is no single file's fault.
    public let file: String
    /// 1-based; 0 where no place is known.
    public let line: Int
    /// `services.web.ports[0]`; empty for the whole.
    public let path: String
    public let reason: Reason

    public init(file: String = "", line: Int = 0, path: String = "", reason: Reason) {
        self.file = file
        self.line = line
        self.path = path
        self.reason = reason
    }

    /// In docker's words: `compose.yaml:4: services.web.ports must be a list`.
    public var description: String {
        let place = file.isEmpty ? "" : line > 0 ? "\(file):\(line): " : "\(file): "
        return place + sentence
    }

    private var sentence: String {
        let subject = path.isEmpty ? "compose file" : path
        switch reason {
        case .syntax(let text), .undefined(let text), .other(let text): return text
        case .wrongType(let expected): return "\(subject) must be \(expected)"
        case .unknownKey(let key, _): return "\(subject) additional properties '\(key)' not allowed"
        case .requiredVariable(let name, let message):
            return "required variable \(name) is missing a value\(message.isEmpty ? "" : ": \(message)")"
        case .badInterpolation(let text):
            return "invalid interpolation format for \(subject): \"\(text)\". "
                + "You may need to escape any $ with another $"
        case .cycle(let names): return "dependency cycle detected: \(names.joined(separator: " -> "))"
        }
    }
}
