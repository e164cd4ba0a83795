import Commands
import Terminal

/// The commands that kijabi itself runs.
struct CommandSet: Sendable {
    let commands: [Command]
    /// See `ShellConfiguration.commandExecutor`.
    var executor: (@Sendable () -> any TaskExecutor)?

    /// The command of that name or alias.
    func named(_ name: String) -> Command? {
        commands.first { $0.name == name || $0.aliases.contains(name) }
    }

    /// Names and aliases.
    var names: [String] { commands.flatMap { [$0.name] + $0.aliases } }

    /// The command that a misspelt word may have meant.
    func nearest(to word: String) -> String? { Suggestion.nearest(to: word, in: names) }

    /// Runs a command with the words behind its name.
    func run(_ command: Command, _ words: [String], _ context: CommandContext) async -> Int32 {
        let words = command.name == "host" ? HostKill.rewritten(words) : words
        return await withTaskExecutorPreference(executor?()) { await command.dispatch(words, context) }
    }
}
