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
            usage: "CONTAINER [ps OPTIONS]", stopsAtFirstArgument: true
        ) { line, context in
            guard line.allArguments.count >= 1 else {
                return context.reportUsage("'docker top' requires at least 1 argument", command: "top")
            }
            do throws(RuntimeError) {
                let status = try await runtime.containerStatus(line.allArguments[0])
                guard status.state.isAlive else {
                    throw .conflict("container \(status.id) is not running")
                }
                let columns = try ProcessColumns(Array(line.allArguments.dropFirst()))
                let processes = try await runtime.processes(status.id)
                let rows = processes.map { process in columns.names.map { ProcessColumns.text($0, process) } }
                context.output.write(
                    TablePrinter(rows: [columns.names.map { $0.uppercased() }] + rows, gap: 2).text())
                return 0
            } catch {
                return context.report(error)
            }
        }.completingContainers(runtime, onlyFirst: true) { $0.state.isAlive }
    }
}

/// The columns that options of ps(1) ask for.
struct ProcessColumns {
    let names: [String]

    private static let standard = ["uid", "pid", "ppid", "c", "stime", "tty", "time", "cmd"]
    private static let known: Set<String> = [
        "uid", "user", "pid", "ppid", "c", "%cpu", "pcpu", "stime", "start", "tty", "time", "cmd", "command", "args",
        "comm", "ruser", "euser", "nspid",
    ]

    init(_ options: [String]) throws(RuntimeError) {
        var wanted: [String] = []
        var rest = options[...]
        while let option = rest.popFirst() {
            switch option {
            case "-ef", "-eF", "-e", "-f", "-A", "ef": break
            case "aux", "au", "ax", "-aux", "x", "u", "a", "axu":
                if option.contains("u") { wanted = ["user", "pid", "%cpu", "tty", "start", "time", "command"] }
            case "-o", "o", "-eo", "-Ao":
                guard let list = rest.popFirst() else {
                    throw .conflict("error running ps: format specification missing")
                }
                wanted += Self.split(list)
            case _ where option.hasPrefix("-o"): wanted += Self.split(String(option.dropFirst(2)))
            case _ where option.hasPrefix("o") && option.count > 1: wanted += Self.split(String(option.dropFirst()))
            default: throw .conflict("error running ps: unsupported option \(option) (try -ef, aux or -o pid,cmd)")
            }
        }
        for name in wanted where !Self.known.contains(name) {
            throw .conflict("error running ps: unknown user-defined format specifier \"\(name)\"")
        }
        names = wanted.isEmpty ? Self.standard : wanted
    }

    private static func split(_ list: String) -> [String] {
        list.split(whereSeparator: { $0 == "," || $0 == " " }).map { $0.lowercased() }
    }

    static func text(_ name: String, _ process: ContainerProcess) -> String {
        switch name {
        case "uid", "user", "ruser", "euser": return UserName.of(process.uid)
        case "pid": return String(process.pid)
        case "nspid": return String(process.innerPid)
        case "ppid": return String(process.parentPid)
        case "c", "%cpu", "pcpu":
            let age = max(0.01, Now.seconds - process.startedAt)
            let share = process.cpuSeconds / age * 100
            if name == "c" { return String(Int(share)) }
            return "\(Int(share)).\(Int(share * 10) % 10)"
        case "stime", "start": return TimeText.clock(process.startedAt)
        case "tty": return "?"
        case "time":
            let seconds = Int(process.cpuSeconds)
            func two(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
            return "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
        case "comm":
            let program = process.command.split(separator: " ").first ?? ""
            return String(program.split(separator: "/").last ?? "")
        default: return process.command
        }
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
