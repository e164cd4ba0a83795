import Commands
import ContainerRuntime
import Terminal

/// `docker network connect`
enum NetworkConnectCommand {
    static func make(_ engine: any Engine) -> Command {
        Command(
            "connect", summary: Localized(ko: "컨테이너를 네트워크에 잇는다", en: "Connect a container to a network"),
            usage: "[OPTIONS] NETWORK CONTAINER",
            flags: [
                Flag(
                    "alias", .list, placeholder: "NAME",
                    summary: Localized(ko: "그 네트워크에서 불릴 다른 이름", en: "Add network-scoped alias for the container")),
                Flag("ip", .text, placeholder: "ADDRESS", summary: Localized(ko: "IPv4 주소", en: "IPv4 address")),
            ],
            completeArgument: { line, index, _ in await complete(line, index, engine) },
            run: { line, context in
                guard line.allArguments.count == 2 else {
                    return context.reportUsage(
                        "'docker network connect' requires exactly 2 arguments", command: "network connect")
                }
                do throws(RuntimeError) {
                    try await engine.connectNetwork(
                        NetworkAttachment(line.allArguments[0], aliases: line.all("alias"), address: line["ip"]),
                        container: line.allArguments[1])
                    return 0
                } catch {
                    return context.report(error)
                }
            })
    }

    static func complete(_ line: Invocation, _ index: Int, _ engine: any Engine) async -> [Completion] {
        switch index {
        case 0: await NetworkCompletion.names(engine) { $0.driver == .bridge }
        case 1: await DockerContainers.completions(engine)
        default: []
        }
    }
}

/// `docker network disconnect`
enum NetworkDisconnectCommand {
    static func make(_ engine: any Engine) -> Command {
        Command(
            "disconnect",
            summary: Localized(ko: "컨테이너를 네트워크에서 떼어 낸다", en: "Disconnect a container from a network"),
            usage: "[OPTIONS] NETWORK CONTAINER",
            flags: [
                Flag(
                    "force", short: "f",
                    summary: Localized(ko: "억지로라도", en: "Force the container to disconnect from a network"))
            ],
            completeArgument: { line, index, _ in await NetworkConnectCommand.complete(line, index, engine) },
            run: { line, context in
                guard line.allArguments.count == 2 else {
                    return context.reportUsage(
                        "'docker network disconnect' requires exactly 2 arguments", command: "network disconnect")
                }
                do throws(RuntimeError) {
                    try await engine.disconnectNetwork(line.allArguments[0], container: line.allArguments[1])
                    return 0
                } catch {
                    return context.report(error)
                }
            })
    }
}
