import Terminal

/// What is wrong with a command line, as data; `UsageMessage` turns it into a sentence.
public enum UsageError: Error, Sendable, Hashable {
    case unknownFlag(String, suggestion: String?)
    case unknownShortFlag(Character, in: String)
    case missingValue(flag: String)
    case wrongValue(flag: String, value: String, expected: String)
    case unknownSubcommand(String, of: [String], suggestion: String?)
    /// `--help` or `help` was asked for.
    case helpRequested
    /// `--version` or `-v` was asked for, and this is the answer.
    case versionRequested(String)
}

/// Reads words by the rules of pflag (github.com/spf13/pflag) and cobra: flags may stand anywhere before `--`.
struct CommandLineParser {
    /// The command found, with the flags that count for it, and the parsed line.
    struct Result {
        var command: Command
        var flags: [Flag]
        var invocation: Invocation
    }

    var result: Result
    private var words: ArraySlice<String>

    init(root: Command, words: [String]) {
        result = Result(command: root, flags: root.flags, invocation: Invocation(path: [root.name]))
        result.invocation.words = words
        self.words = words[...]
    }

    mutating func parse() throws(UsageError) -> Result {
        let wantsHelp = try parseWords()
        for flag in result.flags {
            if let fallback = flag.fallback { result.invocation.fallbacks[flag.name] = fallback }
        }
        if wantsHelp { throw .helpRequested }
        return result
    }

    /// - Returns: whether help was asked for.
    private mutating func parseWords() throws(UsageError) -> Bool {
        var wantsHelp = false
        var flagsAreOver = false
        while let word = words.popFirst() {
            if flagsAreOver {
                result.invocation.arguments.append(word)
            } else if word == "--" {
                result.invocation.afterDashes = Array(words)
                words = []
            } else if word == "--help" || (word == "-h" && !result.flags.contains { $0.short == "h" }) {
                wantsHelp = true
            } else if ["--version", "-v"].contains(word), let version = result.command.version {
                throw .versionRequested(version)
            } else if word.hasPrefix("--") {
                try parseLong(String(word.dropFirst(2)))
            } else if word.hasPrefix("-"), word.count > 1 {
                try parseShort(Array(word.dropFirst()))
            } else if result.invocation.arguments.isEmpty, let next = subcommand(word) {
                descend(to: next)
            } else if result.invocation.arguments.isEmpty, result.command.run == nil {
                if word == "help" {
                    wantsHelp = true
                } else {
                    throw unknownSubcommand(word)
                }
            } else {
                result.invocation.arguments.append(word)
                flagsAreOver = result.command.stopsAtFirstArgument
            }
        }
        return wantsHelp
    }

    private func subcommand(_ word: String) -> Command? {
        result.command.subcommands.first { $0.name == word || $0.aliases.contains(word) }
    }

    private func unknownSubcommand(_ word: String) -> UsageError {
        let names = result.command.subcommands.flatMap { [$0.name] + $0.aliases }
        return .unknownSubcommand(
            word, of: result.invocation.path, suggestion: Suggestion.nearest(to: word, in: names))
    }

    private mutating func descend(to command: Command) {
        result.command = command
        result.flags = command.flags + result.flags.filter(\.isInherited)
        result.invocation.path.append(command.name)
    }

    private func flag(named name: String) -> Flag? {
        result.flags.first { $0.name == name }
    }

    private mutating func parseLong(_ text: String) throws(UsageError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let flag = flag(named: name) else {
            let names = result.flags.map(\.name)
            let nearest = Suggestion.nearest(to: name, in: names).map { "--\($0)" }
            throw .unknownFlag("--\(name)", suggestion: nearest)
        }
        try set(flag, to: parts.count > 1 ? String(parts[1]) : nil, shown: "--\(name)")
    }

    private mutating func parseShort(_ letters: [Character]) throws(UsageError) {
        var index = 0
        while index < letters.count {
            let letter = letters[index]
            guard let flag = result.flags.first(where: { $0.short == letter }) else {
                throw .unknownShortFlag(letter, in: "-" + String(letters))
            }
            var rest = letters[(index + 1)...]
            if case .toggle = flag.kind, rest.first != "=" {
                try set(flag, to: nil, shown: "-\(letter)")
                index += 1
                continue
            }
            if rest.first == "=" { rest = rest.dropFirst() }
            try set(flag, to: index + 1 < letters.count ? String(rest) : nil, shown: "-\(letter)")
            return
        }
    }

    private mutating func set(_ flag: Flag, to given: String?, shown: String) throws(UsageError) {
        let value: String
        switch (flag.kind, given) {
        case (.toggle, nil): value = "true"
        case (.optionalText(let implied), nil): value = implied
        case (_, let given?): value = given
        case (_, nil):
            guard let next = words.popFirst() else { throw .missingValue(flag: shown) }
            value = next
        }
        try check(value, of: flag, shown: shown)
        if case .toggle = flag.kind {
            result.invocation.values[flag.name, default: []].append(value == "1" || value == "t" ? "true" : value)
        } else {
            result.invocation.values[flag.name, default: []].append(value)
        }
    }

    private func check(_ value: String, of flag: Flag, shown: String) throws(UsageError) {
        switch flag.kind {
        case .toggle:
            guard ["true", "false", "1", "0", "t", "f"].contains(value) else {
                throw .wrongValue(flag: shown, value: value, expected: "true | false")
            }
        case .integer:
            guard Int(value) != nil else { throw .wrongValue(flag: shown, value: value, expected: "int") }
        default: break
        }
        if !flag.allowed.isEmpty, !flag.allowed.contains(value) {
            throw .wrongValue(flag: shown, value: value, expected: flag.allowed.joined(separator: " | "))
        }
    }
}
