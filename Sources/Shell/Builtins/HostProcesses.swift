import Commands
import ContainerRuntime
import Glibc
import Terminal

/// `host ps`: which processes of this machine the containers are.
enum HostProcesses {
    static func command(_ runtime: any ContainerRuntime) -> Command {
        Command(
            "ps",
            summary: Localized(
                ko: "컨테이너의 프로세스: 바깥의 PID 와 안의 PID", en: "The containers' processes: PID outside, PID inside"),
            usage: "[CONTAINER | POD | DEPLOYMENT]",
            flags: [Flag("quiet", short: "q", summary: Localized(ko: "PID 만", en: "only the PIDs"))],
            completeArgument: { _, index, _ in index == 0 ? await HostCommand.completions(runtime) : [] },
            run: { invocation, context in
                var containers = await HostCommand.containers(runtime)
                if let word = invocation.arguments.first {
                    containers = HostCommand.matching(word, in: containers)
                    guard !containers.isEmpty else {
                        context.error.line(HostCommand.noSuchContainer(word)(context.language))
                        return 1
                    }
                }
                var rows = [["PID", "USER", "INNER PID", "INNER USER", "CONTAINER", "COMMAND"]]
                for container in containers {
                    let processes = (try? await runtime.processes(container.id)) ?? []
                    for process in processes.sorted(by: { $0.pid < $1.pid }) {
                        rows.append([
                            String(process.pid), userName(process.uid), String(process.innerPid),
                            process.innerUid == 0 ? "root" : String(process.innerUid), HostCommand.name(of: container),
                            process.command,
                        ])
                    }
                }
                if invocation.isOn("quiet") {
                    for row in rows.dropFirst() { context.output.line(row[0]) }
                    return 0
                }
                await context.output.send(TablePrinter(rows: rows, gap: 2).text())
                return 0
            })
    }

    private static func userName(_ user: UInt32) -> String {
        getpwuid(user).map { String(cString: $0.pointee.pw_name) } ?? String(user)
    }
}
