import Commands
import ContainerRuntime
import Glibc
import Terminal

/// `host namespaces`: the namespaces(7) of a container's process beside those of this machine.
enum HostNamespaces {
    private static let kinds = ["pid", "mnt", "net", "uts", "ipc", "user", "cgroup"]

    static func command(_ runtime: any ContainerRuntime) -> Command {
        Command(
            "namespaces", aliases: ["ns"],
            summary: Localized(
                ko: "네임스페이스: 컨테이너의 것과 컴퓨터의 것", en: "Namespaces: the container's and the machine's"),
            usage: "[PID|CONTAINER]",
            completeArgument: { _, index, _ in index == 0 ? await HostCommand.completions(runtime) : [] },
            run: { invocation, context in
                let containers = await HostCommand.containers(runtime)
                guard let word = invocation.arguments.first else {
                    await context.output.send(overview(containers))
                    return 0
                }
                guard let pid = await pid(word, containers, runtime) else {
                    context.error.line(HostCommand.noSuchContainer(word)(context.language))
                    return 1
                }
                let different = Localized(ko: "따로", en: "its own")(context.language)
                let same = Localized(ko: "같음", en: "shared")(context.language)
                var rows = [["NAMESPACE", "CONTAINER", "HOST", ""]]
                for kind in kinds {
                    let (inside, outside) = (identity(kind, of: String(pid)), identity(kind, of: "self"))
                    rows.append([kind, inside ?? "?", outside ?? "?", inside == outside ? same : different])
                }
                await context.output.send(TablePrinter(rows: rows).text())
                return 0
            })
    }

    private static func overview(_ containers: [ContainerStatus]) -> String {
        var rows = [["PID", "CONTAINER"] + kinds.map { $0.uppercased() }]
        rows.append([String(getpid()), "(kijabi)"] + kinds.map { identity($0, of: "self") ?? "?" })
        for container in containers {
            guard let pid = container.pid else { continue }
            rows.append(
                [String(pid), HostCommand.name(of: container)] + kinds.map { identity($0, of: String(pid)) ?? "?" })
        }
        return TablePrinter(rows: rows).text()
    }

    /// The number that names a namespace: two processes share it if it is the same.
    private static func identity(_ kind: String, of process: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = readlink("/proc/\(process)/ns/\(kind)", &buffer, buffer.count)
        guard count > 0 else { return nil }
        // "pid:[4026531836]"
        let text = String(decoding: buffer[..<count], as: UTF8.self)
        return text.split(separator: "[").last.map { String($0.dropLast()) }
    }

    private static func pid(
        _ word: String, _ containers: [ContainerStatus], _ runtime: any ContainerRuntime
    ) async -> Int32? {
        guard let number = Int32(word) else { return HostCommand.matching(word, in: containers).first?.pid }
        for container in containers {
            let processes = (try? await runtime.processes(container.id)) ?? []
            if processes.contains(where: { $0.pid == number }) { return number }
        }
        return nil
    }
}
