import Commands
import Terminal

/// The commands of the shell itself.
enum Builtins {
    /// The session itself carries it out.
    static let exitName = "exit"

    static func make(_ configuration: ShellConfiguration, history: History?) -> [Command] {
        [exit]
    }

    private static var exit: Command {
        Command(
            exitName, aliases: ["logout", "quit"],
            summary: Localized(ko: "키잡이를 끝내기 (Ctrl-D 도 같아요)", en: "Leave kijabi (so does Ctrl-D)"),
            usage: "[STATUS]", run: { _, _ in 0 })
    }
}
