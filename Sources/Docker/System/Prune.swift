import Commands
import ContainerRuntime
import Terminal

/// What the prune commands have in common.
struct Prune {
    private var labels: [(filter: ListFilter, isWanted: Bool)] = []
    private var until: Double?

    static var forceFlag: Flag {
        Flag("force", short: "f", summary: Localized(ko: "묻지 않는다", en: "Do not prompt for confirmation"))
    }

    static var filterFlag: Flag {
        Flag(
            "filter", .list, placeholder: "KEY=VALUE",
            summary: Localized(ko: "고르기: until, label, label!", en: "Filter: until, label, label!"))
    }

    static func filters(_ line: Invocation) throws(RuntimeError) -> Prune {
        var prune = Prune()
        for filter in try ListFilter.read(line, known: ["until", "label", "label!", "all"]) {
            switch filter.key {
            case "until": prune.until = try filter.instant()
            case "all": break
            default: prune.labels.append((filter, filter.key == "label"))
            }
        }
        return prune
    }

    func matches(labels present: [String: String], createdAt: Double) -> Bool {
        if let until, createdAt >= until { return false }
        return labels.allSatisfy { $0.filter.matchesLabel(present) == $0.isWanted }
    }

    /// Asks, unless `--force`; only a yes is one.
    static func isConfirmed(_ warning: String, _ line: Invocation, _ context: CommandContext) async -> Bool {
        if line.isOn("force") { return true }
        context.output.write("\(warning)\nAre you sure you want to continue? [y/N] ")
        let answer = await InputStream(descriptor: context.input).readLine() ?? ""
        // Without a terminal nobody has ended the line by a key.
        if !context.output.isTerminal { context.output.line() }
        return answer.trimmedBlanks.lowercased() == "y"
    }
}

extension String {
    /// Without blanks at both ends.
    var trimmedBlanks: String {
        var rest = self[...]
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}
