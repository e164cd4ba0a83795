import Commands
import ContainerRuntime
import Glibc
import Terminal

/// `docker top`: the container's processes with the numbers and the user the machine itself knows them by.
enum TopCommand {
    static func make(_ runtime: any ContainerRuntime) -> Command {
        Command(
            "top",
            summary: Localized(
                ko: "컨테이너의 프로세스를 바깥 번호로", en: "The processes of a container, as the machine sees them"),
            usage: "CONTAINER"
        ) { line, context in
            guard line.allArguments.count >= 1 else {
                return context.reportUsage("'docker top' requires at least 1 argument", command: "top")
            }
            do throws(RuntimeError) {
                let status = try await runtime.containerStatus(line.allArguments[0])
                guard status.state == .running else {
                    throw .wrongState(id: status.id, state: status.state, wanted: "is not running")
                }
                let rows = try await runtime.processes(status.id).map(row)
                let header = ["UID", "PID", "PPID", "STIME", "TIME", "CMD"]
                context.output.write(TablePrinter(rows: [header] + rows, gap: 2).text())
                return 0
            } catch {
                return context.report(error)
            }
        }.completingContainers(runtime, onlyFirst: true) { $0.state == .running }
    }

    private static func row(_ process: ContainerProcess) -> [String] {
        let seconds = Int(process.cpuSeconds)
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
        let time = "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
        return [
            UserName.of(process.uid), String(process.pid), String(process.parentPid),
            TimeText.clock(process.startedAt), time, process.command,
        ]
    }
}

/// The name of a user of this machine, or the number where it has none.
enum UserName {
    static func of(_ uid: UInt32) -> String {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 4096)
        guard getpwuid_r(uid, &entry, &buffer, buffer.count, &found) == 0, found != nil, let name = entry.pw_name
        else { return String(uid) }
        return String(cString: name)
    }
}
