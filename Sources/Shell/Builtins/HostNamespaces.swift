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
                    let columns = TerminalSize(descriptor: context.output.descriptor).map { Int($0.columns) } ?? 80
                    await context.output.send(overview(containers, columns: columns))
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

    /// A column a process, as many side by side as the terminal is wide.
    private static func overview(_ containers: [ContainerStatus], columns: Int) -> String {
        var processes = [(name: "(kijabi)", pid: "self", shown: String(getpid()))]
        for container in containers {
            guard let pid = container.pid else { continue }
            processes.append((HostCommand.name(of: container), String(pid), String(pid)))
        }
        var tables: [String] = []
        var rest = processes[...]
        while !rest.isEmpty {
            var rows = [["NAMESPACE"], ["PID"]] + kinds.map { [$0] }
            repeat {
                guard let process = rest.popFirst() else { break }
                let numbers = kinds.map { identity($0, of: process.pid) ?? "?" }
                for (index, cell) in ([process.name, process.shown] + numbers).enumerated() { rows[index].append(cell) }
            } while rest.first.map({ tableWidth(rows) + 3 + max(10, DisplayWidth.of($0.name)) <= columns }) ?? false
            tables.append(TablePrinter(rows: rows).text())
        }
        return tables.joined(separator: "\n")
    }

    private static func tableWidth(_ rows: [[String]]) -> Int {
        let widths = TablePrinter(rows: rows).widths
        return widths.reduce(0, +) + 3 * (widths.count - 1)
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
