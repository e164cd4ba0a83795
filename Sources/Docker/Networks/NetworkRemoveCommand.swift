import Commands
import ContainerRuntime
import Terminal

/// `docker network rm`
enum NetworkRemoveCommand {
    static func make(_ networks: any NetworkService) -> Command {
        Command(
            "rm", aliases: ["remove"], summary: Localized(ko: "네트워크를 지운다", en: "Remove one or more networks"),
            usage: "NETWORK [NETWORK...]",
            flags: [
                Flag(
                    "force", short: "f",
                    summary: Localized(ko: "없어도 오류로 치지 않는다", en: "Do not error if the network does not exist"))
            ],
            completeArgument: { _, _, _ in await NetworkCompletion.names(networks) { !$0.isPredefined } },
            run: { line, context in
                guard !line.allArguments.isEmpty else {
                    return context.reportUsage(
                        "'docker network rm' requires at least 1 argument", command: "network rm")
                }
                var status: Int32 = 0
                for name in line.allArguments {
                    do throws(RuntimeError) {
                        try await networks.removeNetwork(name)
                        context.output.line(name)
                    } catch {
                        if line.isOn("force"), case .network(.notFound) = error { continue }
                        status = context.report(error)
                    }
                }
                return status
            })
    }
}

/// `docker network prune`
enum NetworkPruneCommand {
    static func make(_ networks: any NetworkService) -> Command {
        Command(
            "prune", summary: Localized(ko: "쓰이지 않는 네트워크를 지운다", en: "Remove all unused networks"),
            flags: [
                Flag("force", short: "f", summary: Localized(ko: "묻지 않는다", en: "Do not prompt for confirmation")),
                Flag(
                    "filter", .list, placeholder: "KEY=VALUE",
                    summary: Localized(ko: "고르기: label", en: "Filter: label")),
            ]
        ) { line, context in
            do throws(RuntimeError) {
                let filters = try line.all("filter").map { text throws(RuntimeError) in try NetworkFilter(text) }
                if !line.isOn("force"), await !isConfirmed(context) { return 0 }
                var removed: [String] = []
                for network in await networks.networks()
                where !network.isPredefined && network.endpoints.isEmpty
                    && NetworkFilter.all(filters, match: network)
                {
                    // A container may have come in meanwhile.
                    guard (try? await networks.removeNetwork(network.id)) != nil else { continue }
                    removed.append(network.name)
                }
                if !removed.isEmpty {
                    context.output.write("Deleted Networks:\n" + removed.map { $0 + "\n" }.joined() + "\n")
                }
                return 0
            } catch {
                return context.report(error)
            }
        }
    }

    private static func isConfirmed(_ context: CommandContext) async -> Bool {
        context.output.write(
            "WARNING! This will remove all custom networks not used by at least one container.\n"
                + "Are you sure you want to continue? [y/N] ")
        let answer = await InputStream(descriptor: context.input).readLine()
        return answer?.lowercased() == "y"
    }
}
