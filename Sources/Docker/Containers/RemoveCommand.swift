import Commands
import ContainerRuntime
import Terminal

/// `docker rm`
enum RemoveCommand {
    static func make(_ runtime: any Engine) -> Command {
        Command(
            "rm", aliases: ["remove"], summary: Localized(ko: "컨테이너를 지운다", en: "Remove containers"),
            usage: "[OPTIONS] CONTAINER [CONTAINER...]",
            flags: [
                Flag("force", short: "f", summary: Localized(ko: "돌고 있어도 지운다", en: "Remove even a running one")),
                Flag("volumes", short: "v", summary: Localized(ko: "이름 없는 볼륨도", en: "Remove anonymous volumes too")),
            ]
        ) { line, context in
            let force = line.isOn("force")
            return await context.forEach(
                line.allArguments, command: "rm",
                whereDone: { name throws(RuntimeError) in
                    let status: ContainerStatus
                    do throws(RuntimeError) {
                        status = try await runtime.containerStatus(name)
                    } catch {
                        guard force, case .noSuchContainer = error else { throw error }
                        context.report(error)
                        return false
                    }
                    if !force, status.state.isAlive || status.state == .restarting {
                        let what = status.state.rawValue
                        throw .conflict(
                            "cannot remove container \"\(status.name)\": container is \(what): "
                                + (status.state == .paused
                                    ? "unpause and then stop the container before removing or force remove"
                                    : "stop the container before removing or force remove"))
                    }
                    try await runtime.removeContainer(status.id, force: force, volumes: line.isOn("volumes"))
                    return true
                })
        }.completingContainers(runtime)
    }
}
