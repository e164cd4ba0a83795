import Commands
import ContainerRuntime
import Terminal

/// `docker system prune`: everything that nobody uses, in one go.
enum SystemPruneCommand {
    static func make(_ engine: any Engine) -> Command {
        Command(
            "prune", summary: Localized(ko: "쓰이지 않는 것을 모두 치운다", en: "Remove unused data"), usage: "[OPTIONS]",
            flags: [
                Flag(
                    "all", short: "a",
                    summary: Localized(ko: "이름 있는 이미지까지", en: "Remove all unused images, named ones too")),
                Flag("volumes", summary: Localized(ko: "이름 없는 볼륨도", en: "Prune anonymous volumes")), Prune.forceFlag,
                Prune.filterFlag,
            ]
        ) { line, context in
            do throws(RuntimeError) {
                let filters = try Prune.filters(line)
                guard await Prune.isConfirmed(warning(line), line, context) else { return 0 }
                let (containers, containerBytes) = try await ContainerPruneCommand.run(engine, filters)
                ContainerPruneCommand.print(containers, context)
                let networks = await pruneNetworks(engine)
                if !networks.isEmpty {
                    context.output.line("Deleted Networks:")
                    for name in networks { context.output.line(name) }
                    context.output.line()
                }
                var bytes = containerBytes
                if line.isOn("volumes") {
                    let (volumes, volumeBytes) = try await VolumePrune.run(engine, all: false, filters)
                    VolumePrune.print(volumes, context)
                    bytes += volumeBytes
                }
                bytes += try await engine.pruneBuildCache(olderThan: nil).reduce(0) { $0 + $1.size }
                let (images, imageBytes) = try await engine.pruneImages(all: line.isOn("all")) { image in
                    filters.matches(labels: image.summary.labels, createdAt: image.summary.createdAt)
                }
                if !images.isEmpty {
                    context.output.line("Deleted Images:")
                    RemoveImageCommand.print(images, context)
                    context.output.line()
                }
                context.output.line("Total reclaimed space: \(ByteSize.decimal(bytes + imageBytes))")
                return 0
            } catch {
                return context.report(error)
            }
        }
    }

    private static func warning(_ line: Invocation) -> String {
        var parts = ["all stopped containers", "all networks not used by at least one container"]
        if line.isOn("volumes") { parts.append("all anonymous volumes not used by at least one container") }
        parts.append(
            line.isOn("all") ? "all images without at least one container associated to them" : "all dangling images")
        parts.append(line.isOn("all") ? "all build cache" : "unused build cache")
        return "WARNING! This will remove:\n" + parts.map { "  - \($0)\n" }.joined()
    }

    /// Networks that people made and no container is in.
    private static func pruneNetworks(_ engine: any Engine) async -> [String] {
        var removed: [String] = []
        for network in await engine.networks() where !network.isPredefined && network.endpoints.isEmpty {
            if (try? await engine.removeNetwork(network.id)) != nil { removed.append(network.name) }
        }
        return removed
    }
}
