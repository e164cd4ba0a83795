import Commands
import ContainerRuntime
import Terminal

/// `docker container prune`
enum ContainerPruneCommand {
    static func make(_ engine: any Engine) -> Command {
        Command(
            "prune", summary: Localized(ko: "멈춘 컨테이너를 모두 지운다", en: "Remove all stopped containers"), usage: "[OPTIONS]",
            flags: [Prune.forceFlag, Prune.filterFlag]
        ) { line, context in
            do throws(RuntimeError) {
                let filters = try Prune.filters(line)
                let warning = "WARNING! This will remove all stopped containers."
                guard await Prune.isConfirmed(warning, line, context) else { return 0 }
                let (removed, bytes) = try await run(engine, filters)
                print(removed, context)
                context.output.line("Total reclaimed space: \(ByteSize.decimal(bytes))")
                return 0
            } catch {
                return context.report(error)
            }
        }
    }

    static func run(
        _ engine: any Engine, _ filters: Prune
    ) async throws(RuntimeError) -> (removed: [String], bytes: Int) {
        var removed: [String] = []
        var bytes = 0
        for status in await engine.containers()
        where DockerContainers.isOwn(status) && [.exited, .created].contains(status.state)
            && filters.matches(labels: status.configuration.labels, createdAt: status.createdAt)
        {
            let size = (try? await engine.containerSize(status.id).writable) ?? 0
            try await engine.removeContainer(status.id, force: false)
            removed.append(status.id)
            bytes += size
        }
        return (removed, bytes)
    }

    static func print(_ ids: [String], _ context: CommandContext) {
        guard !ids.isEmpty else { return }
        context.output.line("Deleted Containers:")
        for id in ids { context.output.line(id) }
        context.output.line()
    }
}
