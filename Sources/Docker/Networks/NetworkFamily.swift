import Commands
import ContainerRuntime
import Terminal

/// `docker network`
enum NetworkFamily {
    static func family(_ engine: any Engine) -> Command {
        var family = Command(
            "network", summary: Localized(ko: "네트워크 명령 모음", en: "Manage networks"),
            examples: [
                ("docker network create sea", Localized(ko: "네트워크 하나 만들기", en: "Make a network")),
                (
                    "docker run -d --network sea --name web busybox httpd -f",
                    Localized(ko: "그 안에 컨테이너 넣기", en: "Put a container into it")
                ),
                (
                    "docker run --rm --network sea busybox wget -qO- http://web",
                    Localized(ko: "같은 네트워크에서는 이름으로 찾는다", en: "Inside, names are found")
                ),
            ])
        family.subcommands = [
            NetworkCreateCommand.make(engine), NetworkListCommand.make(engine), NetworkInspectCommand.make(engine),
            NetworkConnectCommand.make(engine), NetworkDisconnectCommand.make(engine),
            NetworkRemoveCommand.make(engine), NetworkPruneCommand.make(engine),
        ]
        return family
    }
}

/// Completions of network names.
enum NetworkCompletion {
    static func names(_ networks: any NetworkService, where isWanted: (NetworkStatus) -> Bool = { _ in true })
        async -> [Completion]
    {
        await networks.networks().filter(isWanted).map { network in
            Completion(
                network.name,
                explanation: [network.driver.rawValue, network.subnet].compactMap(\.self)
                    .joined(separator: " "))
        }
    }
}
