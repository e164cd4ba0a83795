public import Terminal

extension Command {
    /// What can stand in place of the last of `words` (those behind the command's own name; the last may be empty).
    public func completions(for words: [String], language: Language) async -> [Completion] {
        guard let prefix = words.last else { return [] }
        let before = Array(words.dropLast())
        var parser = CommandLineParser(root: self, words: before)
        var awaited: String?
        do {
            _ = try parser.parse()
        } catch .missingValue(let flag) {
            awaited = flag
        } catch {}
        let (command, flags, invocation) = (
            parser.result.command, parser.result.flags, parser.result.invocation
        )
        if let awaited, let flag = flags.first(where: { "--\($0.name)" == awaited || "-\($0.short ?? " ")" == awaited })
        {
            return await values(of: flag, invocation, prefix)
        }
        if invocation.afterDashes != nil { return [] }
        if prefix.hasPrefix("--"), let equals = prefix.firstIndex(of: "=") {
            let name = prefix[prefix.index(prefix.startIndex, offsetBy: 2)..<equals]
            guard let flag = flags.first(where: { $0.name == name }) else { return [] }
            let value = String(prefix[prefix.index(after: equals)...])
            return await values(of: flag, invocation, value).map {
                Completion("--\(name)=\($0.word)", explanation: $0.explanation)
            }
        }
        if prefix.hasPrefix("-") {
            return Self.matching(
                prefix,
                flags.filter { !$0.isHidden }.map {
                    Completion("--\($0.name)", explanation: $0.summary(language))
                })
        }
        if invocation.arguments.isEmpty, !command.subcommands.isEmpty {
            return Self.matching(
                prefix,
                command.subcommands.filter { !$0.isHidden }.map {
                    Completion($0.name, explanation: $0.summary(language))
                })
        }
        let found = await command.completeArgument?(invocation, invocation.arguments.count, prefix) ?? []
        return Self.matching(prefix, found)
    }

    private func values(of flag: Flag, _ invocation: Invocation, _ prefix: String) async -> [Completion] {
        if !flag.allowed.isEmpty { return Self.matching(prefix, flag.allowed.map { Completion($0) }) }
        return Self.matching(prefix, await flag.complete?(invocation, prefix) ?? [])
    }

    private static func matching(_ prefix: String, _ candidates: [Completion]) -> [Completion] {
        candidates.filter { $0.word.hasPrefix(prefix) }
    }
}
