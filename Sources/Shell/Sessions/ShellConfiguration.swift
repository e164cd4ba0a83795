public import Commands
public import ContainerRuntime
public import Terminal

/// What a session is made of.
public struct ShellConfiguration: Sendable {
    public var runtime: any ContainerRuntime
    /// `kubectl`, `docker`, `lesson`, …; the shell adds its own (`help`, `history`, `exit`, …).
    public var commands: [Command]
    public var language: LanguageSetting
    public var notices: NoticeBoard
    public var recorders: [any SessionRecorder]
    /// The environment of the process.
    public var environment: [String: String]
    /// Makes what one command runs on. A command waits in write(2) for whoever reads it, which is a pager at times or
    /// nobody: on the cooperative pool, two of them would stop everything. Nil leaves commands there.
    public var commandExecutor: (@Sendable () -> any TaskExecutor)?
    /// Where entries are kept, or nil to keep none.
    public var historyPath: String?
    /// A directory of this process alone, for its owner only, where sockets are made.
    public var runtimeDirectory: String
    /// The directory that appears as `/work`.
    public var startDirectory: String
    /// How names are resolved in the toolbox; nil leaves it without.
    public var dns: DNSConfiguration?
    /// The terminal: standard input and output, unless a recording is run again on a terminal of its own.
    public var input: Int32
    public var output: Int32
    /// Run as if they were typed, before the first prompt.
    public var openingCells: [OpeningCell]
    /// The session ends behind the opening cells.
    public var endsAfterOpening: Bool
    /// Told once what runs cells in the learner's toolbox beside the learner.
    public var onToolbox: (@Sendable (CapturedCells) async -> Void)?
    /// `quit` first leaves what the learner is in, a lesson; it answers what to print, or nil where there is nothing to
    /// leave, and then the shell ends.
    public var onQuit: (@Sendable () async -> String?)?
    /// Told whenever a cell has ended.
    public var onCellEnd: (@Sendable () async -> Void)?
    /// Printed before the first prompt; whole lines.
    public var greeting: Localized?

    public init(
        runtime: any ContainerRuntime, commands: [Command], language: LanguageSetting, notices: NoticeBoard,
        environment: [String: String], runtimeDirectory: String, startDirectory: String
    ) {
        self.runtime = runtime
        self.commands = commands
        self.language = language
        self.notices = notices
        self.environment = environment
        self.runtimeDirectory = runtimeDirectory
        self.startDirectory = startDirectory
        recorders = []
        input = 0
        output = 1
        openingCells = []
        endsAfterOpening = false
        historyPath = nil
        greeting = nil
        onQuit = nil
    }
}

/// A cell that is run without being typed.
public struct OpeningCell: Sendable {
    public var source: String
    /// Waited before it: things that happen by themselves need the time they had when it was first typed.
    public var pause: Duration

    public init(source: String, pause: Duration = .zero) {
        self.source = source
        self.pause = pause
    }
}
