import Terminal

/// The help of one command: what it does, how it is written, examples, subcommands and flags.
struct HelpScreen {
    let command: Command
    let path: [String]
    let flags: [Flag]
    /// Of the reader's screen.
    var columns = Self.pageColumns
    /// Longer lines are tiring to read.
    static let pageColumns = 100

    func text(_ language: Language, style: Style) -> String {
        var text = paragraph(command.summary(language))
        if let details = command.details { text += "\n" + paragraph(details(language)) }
        text += section(Localized(ko: "사용법", en: "Usage"), [usageLine], language, style)
        text += section(
            Localized(ko: "예", en: "Examples"),
            command.examples.flatMap { [style("# " + $0.explanation(language), .dim), $0.command] }, language, style)
        let subcommands = command.subcommands.filter { !$0.isHidden }.map { [$0.name, $0.summary(language)] }
        text += section(Localized(ko: "명령", en: "Commands"), lines(subcommands), language, style)
        text += section(
            Localized(ko: "옵션", en: "Flags"),
            lines(flags.filter { !$0.isHidden }.map { [Self.name(of: $0), Self.note(of: $0, language)] }),
            language, style)
        return text
    }

    private var usageLine: String {
        let words = path.joined(separator: " ")
        if !command.usage.isEmpty { return "\(words) \(command.usage)" }
        return command.subcommands.isEmpty ? words + (flags.isEmpty ? "" : " [flags]") : "\(words) COMMAND"
    }

    private func section(_ title: Localized, _ lines: [String], _ language: Language, _ style: Style) -> String {
        guard !lines.isEmpty else { return "" }
        return "\n" + style(title(language) + ":", .bold) + "\n" + lines.map { "  \($0)\n" }.joined()
    }

    private func paragraph(_ text: String) -> String {
        LineWrap.lines(text, columns: columns).map { $0 + "\n" }.joined()
    }

    /// Names and what they mean; the meaning is broken below itself.
    private func lines(_ rows: [[String]]) -> [String] {
        let widest = rows.map { DisplayWidth.of($0[0]) }.max() ?? 0
        let room = max(columns - 2 - widest - 3, 20)
        return rows.flatMap { row in
            LineWrap.lines(row[1], columns: room).enumerated().map { index, line in
                ((index == 0 ? row[0] : "").padded(toColumns: widest) + "   " + line)
            }
        }
    }

    private static func name(of flag: Flag) -> String {
        let short = flag.short.map { "-\($0), " } ?? "    "
        switch flag.kind {
        case .toggle: return "\(short)--\(flag.name)"
        case .optionalText: return "\(short)--\(flag.name)[=\(flag.placeholder)]"
        default: return "\(short)--\(flag.name) \(flag.placeholder)"
        }
    }

    private static func note(of flag: Flag, _ language: Language) -> String {
        var note = flag.summary(language)
        if !flag.allowed.isEmpty { note += " (\(flag.allowed.joined(separator: " | ")))" }
        if let fallback = flag.fallback, !fallback.isEmpty { note += " [\(fallback)]" }
        return note
    }
}
