import Commands
import ContainerRuntime
import Glibc
import Terminal

/// `host`: the learner's containers as this machine sees them, from outside.
enum HostCommand {
    static func make(_ runtime: any ContainerRuntime) -> Command {
        var host = Command(
            "host",
            summary: Localized(
                ko: "컨테이너를 바깥(진짜 컴퓨터)에서 보기", en: "Look at the containers from outside, from the real machine"),
            examples: [
                ("host ps", Localized(ko: "컨테이너의 진짜 프로세스들", en: "The real processes of the containers")),
                ("host kill PID", Localized(ko: "바깥에서 하나 끝내기", en: "End one of them from outside")),
                (
                    "host namespaces web",
                    Localized(ko: "컨테이너의 네임스페이스", en: "The namespaces of a container")
                ),
            ])
        host.subcommands = [
            HostProcesses.command(runtime), HostKill.command(runtime), HostNamespaces.command(runtime),
            HostLoad.command(runtime), identity, kernel,
        ]
        return host
    }

    /// The containers of the learner: not the toolbox, where the asking happens.
    static func containers(_ runtime: any ContainerRuntime) async -> [ContainerStatus] {
        await runtime.containers().filter {
            $0.state == .running && $0.configuration.labels[Toolbox.label] == nil
        }
    }

    /// How people know a container: its name, or its pod and name.
    static func name(of container: ContainerStatus) -> String {
        let labels = container.configuration.labels
        guard let pod = labels["io.kubernetes.pod.name"] else { return container.name }
        return "\(pod)/\(labels["io.kubernetes.container.name"] ?? container.name)"
    }

    /// Containers that `word` may mean: a name, an id or the beginning of one, a pod, or the workload a pod is named
    /// after (`web` for `web-5d4b9c-x2x7z`).
    static func matching(_ word: String, in containers: [ContainerStatus]) -> [ContainerStatus] {
        containers.filter { container in
            let name = name(of: container)
            let pod = container.configuration.labels["io.kubernetes.pod.name"]
            return name == word || container.name == word || pod == word || pod?.hasPrefix(word + "-") ?? false
                || (word.count >= 3 && container.id.hasPrefix(word))
        }
    }

    static func completions(_ runtime: any ContainerRuntime) async -> [Completion] {
        await containers(runtime).map { Completion(name(of: $0), explanation: $0.imageReference) }
    }

    static func noSuchContainer(_ word: String) -> Localized {
        Localized(
            ko: "host: '\(word)' 라는 실행 중인 컨테이너가 없어요. 'docker ps' 나 'kubectl get pods' 로 찾아보세요.",
            en: "host: no running container '\(word)'. 'docker ps' and 'kubectl get pods' list them.")
    }

    private static var identity: Command {
        Command(
            "id", summary: Localized(ko: "바깥에서의 나는 누구인가", en: "Who you are outside"),
            run: { _, context in
                let user = getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? "\(getuid())"
                let group = getgrgid(getgid()).map { String(cString: $0.pointee.gr_name) } ?? "\(getgid())"
                context.output.line("uid=\(getuid())(\(user)) gid=\(getgid())(\(group))")
                return 0
            })
    }

    private static var kernel: Command {
        Command(
            "uname", summary: Localized(ko: "진짜 컴퓨터의 커널", en: "The kernel of the real machine"),
            usage: "[-a] [-r]",
            flags: [
                Flag("all", short: "a", summary: Localized(ko: "모두", en: "everything")),
                Flag("kernel-release", short: "r", summary: Localized(ko: "커널 판 번호", en: "the kernel's release")),
                Flag("nodename", short: "n", summary: Localized(ko: "컴퓨터 이름", en: "the machine's name")),
                Flag("kernel-name", short: "s", summary: Localized(ko: "커널 이름", en: "the kernel's name")),
            ],
            run: { invocation, context in
                var names = utsname()
                uname(&names)
                let all = invocation.isOn("all")
                var parts: [String] = []
                if all || invocation.isOn("kernel-name") { parts.append(text(of: names.sysname)) }
                if all || invocation.isOn("nodename") { parts.append(text(of: names.nodename)) }
                if all || invocation.isOn("kernel-release") { parts.append(text(of: names.release)) }
                if all { parts += [text(of: names.version), text(of: names.machine)] }
                context.output.line(parts.isEmpty ? text(of: names.sysname) : parts.joined(separator: " "))
                return 0
            })
    }

    private static func text<Field>(of field: Field) -> String {
        withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
