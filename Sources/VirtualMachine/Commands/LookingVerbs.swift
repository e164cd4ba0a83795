import Commands
import Documents
import Glibc
import Terminal

/// `vm ps`
enum ListVerb {
    static func command(_ hypervisor: Hypervisor) -> Command {
        Command(
            "ps", aliases: ["ls", "list"], summary: Localized(ko: "가상 머신 목록", en: "List virtual machines"),
            flags: [
                Flag("all", short: "a", summary: Localized(ko: "꺼진 것도", en: "Those that have ended too")),
                Flag("quiet", short: "q", summary: Localized(ko: "이름만", en: "Only names")),
            ]
        ) { line, context in
            let machines = await hypervisor.list().filter { line.isOn("all") || $0.state == .running }
            if line.isOn("quiet") {
                for machine in machines { context.output.line(machine.name) }
                return 0
            }
            var rows = [["NAME", "STATUS", "KERNEL", "MEMORY", "CPUS", "ACCEL", "BOOT", "PID"]]
            for machine in machines {
                rows.append([
                    machine.name, machine.state == .running ? "Up" : "Exited (\(machine.exit ?? 0))", machine.release,
                    "\(machine.memory >> 20) MiB", "\(machine.processors)", machine.accelerator.rawValue,
                    Span.text(machine.bootTime), machine.pid.map(String.init) ?? "-",
                ])
            }
            await context.output.send(TablePrinter(rows: rows, gap: 2).text())
            return 0
        }
    }
}

/// Spans of time as people read them: `8.1 ms`, `2.31 s`.
enum Span {
    static func text(_ duration: Duration) -> String { text(seconds: duration / .seconds(1)) }

    static func text(seconds: Double) -> String {
        func digits(_ value: Double, _ count: Int) -> String {
            let scale = count == 0 ? 1 : count == 1 ? 10 : 100
            let number = Int((value * Double(scale)).rounded())
            if count == 0 { return String(number) }
            let fraction = String(number % scale)
            return "\(number / scale)." + String(repeating: "0", count: count - fraction.count) + fraction
        }
        switch seconds {
        case ..<0.01: return digits(seconds * 1000, 1) + " ms"
        case ..<0.9995: return digits(seconds * 1000, 0) + " ms"
        default: return digits(seconds, seconds < 10 ? 2 : 1) + " s"
        }
    }
}

/// `vm logs`
enum LogsVerb {
    static func command(_ hypervisor: Hypervisor) -> Command {
        Command(
            "logs", summary: Localized(ko: "콘솔에 나온 말", en: "What the console has said"), usage: "[-f] NAME",
            flags: [Flag("follow", short: "f", summary: Localized(ko: "계속 본다", en: "And what it says from now on"))]
        ) { line, context in
            guard let name = line.allArguments.first else { return context.needsName("logs") }
            do throws(MachineError) {
                for await bytes in try await hypervisor.log(name, follow: line.isOn("follow")) {
                    let text = VisibleText.lines(
                        EscapeSequences.removed(from: String(decoding: bytes, as: UTF8.self)))
                    guard await context.output.send(text) else { break }
                }
                return Task.isCancelled ? 130 : 0
            } catch {
                return context.report(error)
            }
        }.completingMachines(hypervisor, onlyFirst: true)
    }
}

/// `vm inspect`
enum InspectVerb {
    static func command(_ hypervisor: Hypervisor) -> Command {
        Command(
            "inspect", summary: Localized(ko: "속속들이 보여 준다", en: "Show everything about machines"), usage: "NAME..."
        ) { line, context in
            guard !line.allArguments.isEmpty else { return context.needsName("inspect") }
            var documents: [JSONValue] = []
            var status: Int32 = 0
            for name in line.allArguments {
                do throws(MachineError) {
                    documents.append(document(try await hypervisor.status(name)))
                } catch {
                    status = context.report(error)
                }
            }
            context.output.line(JSONValue.array(documents).prettyPrinted())
            return status
        }.completingMachines(hypervisor)
    }

    static func document(_ machine: MachineStatus) -> JSONValue {
        [
            "Name": .string(machine.name),
            "State": .string(machine.state.rawValue),
            "Pid": machine.pid.map { .integer(Int($0)) } ?? .null,
            "ExitCode": machine.exit.map { .integer(Int($0)) } ?? .null,
            "Image": .string(machine.image),
            "Accelerator": .string(machine.accelerator.rawValue),
            "Kernel": [
                "Path": .string(machine.kernel.path), "Release": .string(machine.release),
                "Size": .integer(machine.kernel.size),
            ],
            "RootSize": .integer(machine.rootSize),
            "Memory": .integer(machine.memory),
            "Processors": .integer(machine.processors),
            "BootSeconds": .number(JSONNumber(machine.bootTime / .seconds(1))),
        ]
    }
}
