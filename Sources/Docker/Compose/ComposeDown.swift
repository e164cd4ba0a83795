import Commands
import Compose
import ContainerRuntime
import Terminal

/// `docker compose down`
enum ComposeDown {
    static func command(_ engine: any Engine) -> Command {
        Command(
            "down", summary: Localized(ko: "모두 끄고 치운다", en: "Stop and remove containers, networks"),
            usage: "[OPTIONS] [SERVICES]",
            flags: [
                Flag("volumes", short: "v", summary: Localized(ko: "볼륨도 지운다", en: "Remove named volumes of the file")),
                Flag(
                    "remove-orphans",
                    summary: Localized(ko: "파일에 없는 것도", en: "Remove containers for services not in the file")),
                Flag(
                    "timeout", short: "t", .integer, placeholder: "SECONDS",
                    summary: Localized(ko: "멈출 때 기다릴 시간", en: "Time to wait when stopping")),
                Flag(
                    "rmi", .text, placeholder: "WHICH",
                    summary: Localized(ko: "이미지도 지운다", en: "Remove images used by services"), allowed: ["all", "local"]),
            ]
        ) { line, context in
            await ComposeSession.run(engine, line, context, needsFile: false) { session throws(RuntimeError) in
                try await down(session)
            }
        }
    }

    private static func down(_ session: ComposeSession) async throws(RuntimeError) -> Int32 {
        let line = session.line
        let progress = session.progress()
        let known = StartOrder.sorted(session.project.services).map(\.name)
        let named = line.allArguments
        if !named.isEmpty { _ = try session.services() }
        var containers = await session.containers(includingOneOff: true)
        if !named.isEmpty {
            containers = containers.filter { named.contains($0.service) }
        } else if !known.isEmpty, !line.isOn("remove-orphans") {
            containers = containers.filter { known.contains($0.service) }
        }
        try await ProjectEnd(
            session: session, progress: progress, timeout: line.integer("timeout"), removes: true
        ).run(containers)
        if named.isEmpty { try await removeShared(session, progress) }
        return 0
    }

    private static func removeShared(_ session: ComposeSession, _ progress: ComposeProgress) async throws(RuntimeError)
    {
        let (engine, line, project) = (session.engine, session.line, session.project)
        for network in await engine.networks() where network.labels[ComposeLabel.project] == project.name {
            let title = "Network \(network.name)"
            progress.set(title, "Removing")
            do throws(RuntimeError) {
                try await engine.removeNetwork(network.id)
                progress.set(title, "Removed", isDone: true)
            } catch {
                progress.set(title, "Resource is still in use", isDone: true)
            }
        }
        if line.isOn("volumes") {
            for volume in project.volumes where !volume.isExternal {
                try await engine.removeVolume(volume.name)
                progress.set("Volume \(volume.name)", "Removed", isDone: true)
            }
        }
        guard let which = line["rmi"] else { return }
        for service in project.services where which == "all" || service.image == nil {
            let image = ServiceContainer(session: session, service: service).image
            if await session.docker(["rmi", image]) == 0 { progress.set("Image \(image)", "Removed", isDone: true) }
        }
    }
}
