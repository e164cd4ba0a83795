import Commands
import Terminal

/// `history`: what was typed, here and in sessions before.
enum HistoryCommand {
    static func make(_ history: History) -> Command {
        Command(
            "history", summary: Localized(ko: "지금까지 입력한 것 보기", en: "Show what was typed"), usage: "[N]",
            run: { invocation, context in
                let entries = history.all
                var count = entries.count
                if let word = invocation.arguments.first {
                    guard let number = Int(word), number >= 0 else {
                        context.error.line("history: \(word): numeric argument required")
                        return 2
                    }
                    count = min(number, count)
                }
                let width = String(entries.count).count
                for index in (entries.count - count)..<entries.count {
                    let number = String(index + 1)
                    let padding = String(repeating: " ", count: 2 + width - number.count)
                    let lines = entries[index].split(separator: "\n", omittingEmptySubsequences: false)
                    let indent = "\n" + String(repeating: " ", count: width + 4)
                    guard await context.output.send(padding + number + "  " + lines.joined(separator: indent) + "\n")
                    else { return 141 }
                }
                return 0
            })
    }
}
