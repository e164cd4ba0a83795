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
    /// Where entries are kept, or nil to keep none.
    public var historyPath: String?
    /// A directory of this process alone, for its owner only, where sockets are made.
    public var runtimeDirectory: String
    /// The directory that appears as `/work`.
    public var startDirectory: String
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
        historyPath = nil
        greeting = nil
    }
}
