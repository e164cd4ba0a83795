import Commands
import ContainerRuntime
import Terminal

/// `docker create`: everything of run but the start.
enum CreateCommand {
    static func make(_ runtime: any Engine) -> Command {
        Command(
            "create", summary: Localized(ko: "컨테이너를 만들어만 둔다", en: "Create a new container"),
            usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]", flags: RunOptions.flags + NetworkFlags.flags + [quietFlag],
            stopsAtFirstArgument: true,
            completeArgument: { _, index, _ in
                guard index == 0 else { return [] }
                return await ImageCompletion.references(runtime)
            }
        ) { line, context in
            guard !line.allArguments.isEmpty else {
                return context.reportUsage("'docker create' requires at least 1 argument", command: "create")
            }
            do throws(RuntimeError) {
                context.output.line(try await create(line, runtime, context))
                return 0
            } catch {
                return context.report(error)
            }
        }
    }

    static let quietFlag = Flag(
        "quiet", short: "q", summary: Localized(ko: "받아 오는 과정을 보이지 않는다", en: "Suppress the pull output"))

    /// Makes the container that a command line of run or create means.
    /// - Parameter adjust: has the last word on the configuration.
    /// - Returns: its id.
    static func create(
        _ line: Invocation, _ runtime: any Engine, _ context: CommandContext,
        adjust: (inout ContainerConfiguration) -> Void = { _ in }
    ) async throws(RuntimeError) -> String {
        var configuration = try await RunOptions.configuration(line, runtime, context)
        let network = try await NetworkFlags.network(line, runtime)
        if network == .host { configuration.sharedWithHost.insert(.network) }
        configuration.sandbox = try RunOptions.sandbox(line, name: configuration.name ?? "", network: network)
        configuration.sandbox?.links = try await NetworkFlags.links(line, name: configuration.name ?? "", runtime)
        adjust(&configuration)
        try await ImagePreparation.prepare(
            &configuration, line["platform"], isQuiet: line.isOn("quiet"), runtime, context)
        let id = try await runtime.createContainer(configuration)
        guard let path = line["cidfile"] else { return id }
        do {
            try await IdentifierFile.write(id, to: path, context)
        } catch {
            try? await runtime.removeContainer(id, force: true)
            throw error
        }
        return id
    }
}
