public import Commands
public import KubernetesAPI
import Terminal

/// `kubectl` as a command of this process: a client of the Kubernetes API like any other.
public enum KubectlCommand {
    /// The command with all its verbs.
    /// - Parameters:
    ///   - client: the cluster
    ///   - session: what outlives one call (the current namespace)
    ///   - now: the time that ages are counted from
    public static func make(
        client: any KubernetesClient, session: KubectlSession = KubectlSession(),
        now: @escaping @Sendable () -> Timestamp = { Timestamp.now }
    ) -> Command {
        let kubectl = Kubectl(client: client, session: session, now: now)
        return Command(
            "kubectl", aliases: ["k"],
            summary: Localized(
                ko: "쿠버네티스 클러스터에 원하는 상태를 알리고, 지금 상태를 물어봅니다.",
                en: "Tells a Kubernetes cluster what you want, and asks it how things are."),
            usage: "COMMAND [flags]",
            details: Localized(
                ko: "`kubectl COMMAND --help` 로 명령마다 예를 볼 수 있어요.",
                en: "`kubectl COMMAND --help` shows examples for each command."),
            flags: SharedFlags.global(kubectl), subcommands: verbs(kubectl), usageStatus: 1)
    }
}
