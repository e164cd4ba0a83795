import Commands
import Terminal

/// `clear`: an empty screen.
enum ClearCommand {
    static func make() -> Command {
        Command(
            "clear", summary: Localized(ko: "화면 지우기", en: "Clear the screen"),
            run: { _, context in
                // Cursor home, erase all, erase the scroll-back (ECMA-48; the last is xterm's).
                if context.output.isTerminal, context.environment["TERM"] != "dumb" {
                    context.output.write("\u{1B}[H\u{1B}[2J\u{1B}[3J")
                }
                return 0
            })
    }
}
