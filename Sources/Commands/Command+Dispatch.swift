import Terminal

extension Command {
    /// What `words` (those behind the command's own name) say.
    public func read(_ words: [String]) throws(UsageError) -> Invocation {
        var parser = CommandLineParser(root: self, words: words)
        return try parser.parse().invocation
    }

    /// Parses `words` (those behind the command's own name) and runs what they name.
    /// - Returns: the exit status; `usageStatus` for a line that cannot be understood.
    public func dispatch(_ words: [String], _ context: CommandContext) async -> Int32 {
        var parser = CommandLineParser(root: self, words: words)
        let parsed: CommandLineParser.Result
        do {
            parsed = try parser.parse()
        } catch .helpRequested {
            showHelp(parser.result, context)
            return 0
        } catch .versionRequested(let version) {
            context.output.line(version)
            return 0
        } catch {
            context.error.write(
                UsageMessage(error: error, path: parser.result.invocation.path).text(context.language))
            return usageStatus
        }
        guard let run = parsed.command.run else {
            showHelp(parsed, context)
            return parsed.invocation.path.count > 1 ? usageStatus : 0
        }
        return await run(parsed.invocation, context)
    }

    private func showHelp(_ parsed: CommandLineParser.Result, _ context: CommandContext) {
        let terminal = TerminalSize(descriptor: context.output.descriptor).map { Int($0.columns) }
        let screen = HelpScreen(
            command: parsed.command, path: parsed.invocation.path, flags: parsed.flags,
            columns: min(terminal ?? HelpScreen.pageColumns, HelpScreen.pageColumns))
        context.output.write(screen.text(context.language, style: context.style))
    }
}
