import Commands
import Terminal

/// The commands of the shell itself.
enum Builtins {
    /// The session itself carries it out.
    static let exitName = "exit"

    static func make(_ configuration: ShellConfiguration, history: History?) -> [Command] {
        var commands = [
            ClearCommand.make(), LanguageCommand.make(configuration.language),
            HostCommand.make(configuration.runtime), exit,
        ]
        if let history { commands.append(HistoryCommand.make(history)) }
        commands.append(HelpCommand.make(configuration.commands + commands))
        return commands
    }

    private static var exit: Command {
        Command(
            exitName, aliases: ["logout", "quit"],
            summary: Localized(ko: "끝내기 (Ctrl-D 도 같아요)", en: "Leave kijabi (so does Ctrl-D)"),
            usage: "[STATUS]", run: { _, _ in 0 })
    }
}
