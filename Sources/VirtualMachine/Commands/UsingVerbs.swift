import Commands
import Glibc
import Terminal

/// `vm exec`
enum ExecVerb {
    static func command(_ hypervisor: Hypervisor) -> Command {
        Command(
            "exec", summary: Localized(ko: "도는 머신 안에서 명령을 실행한다", en: "Run a command in a running machine"),
            usage: "[-i] [-t] NAME COMMAND [ARG...]",
            examples: [
                ("vm exec guest ps", Localized(ko: "안의 프로세스들", en: "The processes inside")),
                ("vm exec -it guest sh", Localized(ko: "안에서 셸을 하나 더", en: "One more shell inside")),
            ],
            flags: [
                Flag("interactive", short: "i", summary: Localized(ko: "표준 입력을 잇는다", en: "Keep standard input open")),
                Flag("tty", short: "t", summary: Localized(ko: "터미널을 준다", en: "Give it a terminal")),
                Flag(
                    "env", short: "e", .list, placeholder: "NAME=VALUE",
                    summary: Localized(ko: "환경 변수", en: "Environment variable")),
            ], stopsAtFirstArgument: true
        ) { line, context in
            let words = line.allArguments
            guard words.count >= 2 else {
                context.error.line("vm exec: vm exec [-i] [-t] NAME COMMAND [ARG...]")
                return 125
            }
            var command = GuestCommand(
                Array(words.dropFirst()), output: context.output.descriptor, error: context.error.descriptor)
            command.environment = line.all("env")
            if line.isOn("interactive") { command.input = context.input }
            var raw: RawTerminal?
            if line.isOn("tty") {
                if line.isOn("interactive") {
                    raw = RawTerminal(descriptor: context.input)
                    guard raw != nil else {
                        context.error.line("the input device is not a TTY")
                        return 1
                    }
                }
                command.terminal =
                    TerminalSize(descriptor: context.output.descriptor) ?? TerminalSize(columns: 80, rows: 24)
            }
            defer { raw?.restore() }
            do throws(MachineError) {
                return try await hypervisor.execute(words[0], command)
            } catch {
                raw?.restore()
                return context.report(error)
            }
        }.completingMachines(hypervisor, onlyFirst: true, running: true)
    }
}

/// `vm console`
enum ConsoleVerb {
    static func leftNote(_ name: String) -> Localized {
        Localized(
            ko: "\(name) 는 계속 돌아요. 다시 앉기: vm console \(name), 끄기: vm stop \(name)",
            en: "\(name) runs on. Back to it: vm console \(name). End it: vm stop \(name)")
    }

    static func command(_ hypervisor: Hypervisor) -> Command {
        Command(
            "console", aliases: ["attach"],
            summary: Localized(ko: "도는 머신의 콘솔에 앉는다 (Ctrl-] 로 나온다)", en: "Sit down at its console (Ctrl-] leaves)"),
            usage: "NAME"
        ) { line, context in
            guard let name = line.allArguments.first else { return context.needsName("console") }
            guard OutputStream(descriptor: context.input).isTerminal else {
                context.error.prose(
                    Localized(
                        ko: "vm console: 터미널이 필요해요. 명령만 하려면: vm exec \(name) 명령",
                        en: "vm console: needs a terminal. To run just a command: vm exec \(name) COMMAND")(
                            context.language))
                return 1
            }
            do throws(MachineError) {
                let console = try await hypervisor.console(name)
                // A shell that waits says its prompt again.
                console.write([0x0D])
                if await ConsoleSession(console: console, context: context, fromStart: false).run() == .left {
                    context.error.line()
                    context.error.prose(leftNote(name)(context.language))
                    return 0
                }
                return try await hypervisor.wait(name).exit ?? 0
            } catch {
                return context.report(error)
            }
        }.completingMachines(hypervisor, onlyFirst: true, running: true)
    }
}

/// `vm stop`
enum StopVerb {
    static func command(_ hypervisor: Hypervisor) -> Command {
        Command(
            "stop", summary: Localized(ko: "머신을 끈다", en: "Shut machines down"), usage: "[-t SECONDS] NAME...",
            flags: [
                Flag(
                    "time", short: "t", .integer, placeholder: "SECONDS",
                    summary: Localized(ko: "그 뒤에는 전원을 뽑는다", en: "Pull the plug after this long"), fallback: "5")
            ]
        ) { line, context in
            let grace = Duration.seconds(max(line.integer("time") ?? 5, 0))
            return await context.forEachMachine(line.allArguments, "stop") { name throws(MachineError) in
                try await hypervisor.stop(name, grace: grace)
            }
        }.completingMachines(hypervisor, running: true)
    }
}

/// `vm rm`
enum RemoveVerb {
    static func command(_ hypervisor: Hypervisor) -> Command {
        Command(
            "rm", summary: Localized(ko: "꺼진 머신을 목록에서 지운다", en: "Forget machines that have ended"),
            usage: "[-f] NAME...",
            flags: [Flag("force", short: "f", summary: Localized(ko: "돌고 있어도", en: "Even if it runs"))]
        ) { line, context in
            await context.forEachMachine(line.allArguments, "rm") { name throws(MachineError) in
                try await hypervisor.remove(name, force: line.isOn("force"))
            }
        }.completingMachines(hypervisor)
    }
}
