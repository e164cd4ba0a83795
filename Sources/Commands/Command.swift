public import Terminal

/// A command or a family of commands: what it is called, the flags it takes, what it does. Help, completion and
/// suggestions are all read from here.
public struct Command: Sendable {
    public var name: String
    public var aliases: [String]
    public var summary: Localized
    /// Behind the command's path in the usage line: `(NAME | -l label) [flags]`.
    public var usage: String
    /// Longer explanation and examples, shown by `help`.
    public var details: Localized?
    public var examples: [(command: String, explanation: Localized)]
    public var flags: [Flag]
    public var subcommands: [Command]
    /// The exit status of a line that cannot be understood; that of the root counts (kubectl: 1, docker: 125).
    public var usageStatus: Int32
    /// Understood, but neither listed in help nor completed.
    public var isHidden = false
    /// What `--version` and `-v` print behind the name of the root.
    public var version: String?
    /// Flags stop at the first argument (docker run IMAGE …, docker exec CONTAINER …).
    public var stopsAtFirstArgument: Bool
    /// Completions of the argument at `index` (0 is the first), given those before it.
    public var completeArgument: (@Sendable (Invocation, _ index: Int, _ prefix: String) async -> [Completion])?
    /// Does it. Nil for a mere family. Returns the exit status.
    public var run: (@Sendable (Invocation, CommandContext) async -> Int32)?

    public init(
        _ name: String, aliases: [String] = [], summary: Localized, usage: String = "", details: Localized? = nil,
        examples: [(command: String, explanation: Localized)] = [], flags: [Flag] = [], subcommands: [Command] = [],
        usageStatus: Int32 = 2, stopsAtFirstArgument: Bool = false,
        completeArgument: (@Sendable (Invocation, _ index: Int, _ prefix: String) async -> [Completion])? = nil,
        run: (@Sendable (Invocation, CommandContext) async -> Int32)? = nil
    ) {
        self.name = name
        self.aliases = aliases
        self.summary = summary
        self.usage = usage
        self.details = details
        self.examples = examples
        self.flags = flags
        self.subcommands = subcommands
        self.usageStatus = usageStatus
        self.stopsAtFirstArgument = stopsAtFirstArgument
        self.completeArgument = completeArgument
        self.run = run
    }

    /// A command whose arguments are not completed, or get their completion later; `run` can then trail.
    public init(
        _ name: String, aliases: [String] = [], summary: Localized, usage: String = "", details: Localized? = nil,
        examples: [(command: String, explanation: Localized)] = [], flags: [Flag] = [],
        usageStatus: Int32 = 2, stopsAtFirstArgument: Bool = false,
        run: @escaping @Sendable (Invocation, CommandContext) async -> Int32
    ) {
        self.init(
            name, aliases: aliases, summary: summary, usage: usage, details: details, examples: examples,
            flags: flags, subcommands: [], usageStatus: usageStatus, stopsAtFirstArgument: stopsAtFirstArgument,
            completeArgument: nil,
            run: run)
    }
}

/// A flag in the syntax of pflag: `--name value`, `--name=value`, `-n value`, `-nvalue`, `-n=value`; switches may be
/// joined (`-it`) and take `=true` or `=false`.
public struct Flag: Sendable {
    public enum Kind: Sendable, Hashable {
        /// Needs no value.
        case toggle
        case text
        case integer
        /// May be given several times; each value is kept as it is.
        case list
        /// May be given without a value, which then is `implied` (`--dry-run`).
        case optionalText(implied: String)
    }

    public var name: String
    public var short: Character?
    public var kind: Kind
    /// What the value is called in help: `NAME`.
    public var placeholder: String
    public var summary: Localized
    /// Shown in help, and the value where the flag is not given.
    public var fallback: String?
    /// The only values allowed, if there are such; also completed.
    public var allowed: [String]
    public var complete: (@Sendable (Invocation, _ prefix: String) async -> [Completion])?
    /// Subcommands take it too (`kubectl -n`).
    public var isInherited: Bool
    /// Understood, but neither shown in help nor completed.
    public var isHidden: Bool

    public init(
        _ name: String, short: Character? = nil, _ kind: Kind = .toggle, placeholder: String = "",
        summary: Localized, fallback: String? = nil, allowed: [String] = [], isInherited: Bool = false,
        isHidden: Bool = false,
        complete: (@Sendable (Invocation, _ prefix: String) async -> [Completion])? = nil
    ) {
        self.name = name
        self.short = short
        self.kind = kind
        self.placeholder = placeholder
        self.summary = summary
        self.fallback = fallback
        self.allowed = allowed
        self.isInherited = isInherited
        self.isHidden = isHidden
        self.complete = complete
    }
}

/// A word that can stand where the cursor is.
public struct Completion: Sendable, Hashable {
    public var word: String
    /// One line, or empty.
    public var explanation: String
    /// No space is put behind it (`--output=`, a directory).
    public var continues: Bool

    public init(_ word: String, explanation: String = "", continues: Bool = false) {
        self.word = word
        self.explanation = explanation
        self.continues = continues
    }
}
