import Commands
import Glibc
import Terminal

/// `vm run`
enum RunVerb {
    static func command(_ hypervisor: Hypervisor) -> Command {
        Command(
            "run", summary: Localized(ko: "가상 머신을 켠다", en: "Start a virtual machine"),
            usage: "[OPTIONS] [NAME] [COMMAND [ARG...]]",
            details: Localized(
                ko: "명령이 없으면 콘솔에 앉아요: exit 하면 머신이 꺼지고, Ctrl-] 를 누르면 머신을 두고 나와요. 명령이 있으면 그것만 하고 꺼져요.",
                en:
                    "Without a command you sit at its console: 'exit' ends the machine, Ctrl-] leaves it running. With a command the machine ends with it."
            ),
            examples: [
                ("vm run guest uname -a", Localized(ko: "다른 커널을 보기", en: "See another kernel")),
                (
                    "vm run -d --memory 256m big",
                    Localized(ko: "메모리 256 MB 로 뒤에서", en: "256 MB of memory, in the background")
                ),
            ],
            flags: [
                Flag("detach", short: "d", summary: Localized(ko: "뒤에서 돌린다", en: "Keep it running in the background")),
                Flag(
                    "memory", short: "m", .text, placeholder: "SIZE",
                    summary: Localized(ko: "메모리 (최소 96m)", en: "Memory (96m at least)"), fallback: "128m"),
                Flag(
                    "cpus", .integer, placeholder: "N", summary: Localized(ko: "프로세서 수", en: "Processors"),
                    fallback: "1"),
                Flag(
                    "image", .text, placeholder: "IMAGE",
                    summary: Localized(ko: "안에 넣을 이미지", en: "The image its user space is made of"), fallback: "busybox"),
                Flag(
                    "accel", .text, placeholder: "WHICH",
                    summary: Localized(
                        ko: "가속기 (없으면 되는 것을 찾는다)", en: "Accelerator (default: whichever works)"),
                    allowed: Accelerator.allCases.map(\.rawValue)),
                Flag(
                    "verbose", short: "v",
                    summary: Localized(ko: "커널이 깨어나는 말을 보인다", en: "Let the kernel tell how it starts")),
                Flag(
                    "interactive", short: "i",
                    summary: Localized(ko: "명령에 표준 입력을 잇는다", en: "Keep the command's input open")),
                Flag("tty", short: "t", summary: Localized(ko: "명령에 터미널을 준다", en: "Give the command a terminal")),
                Flag("rm", summary: Localized(ko: "끝나면 목록에서 지운다", en: "Forget it when it has ended")),
            ], stopsAtFirstArgument: true
        ) { line, context in
            do throws(MachineError) {
                return try await run(line, hypervisor, context)
            } catch {
                return context.report(error)
            }
        }
    }

    private static func run(
        _ line: Invocation, _ hypervisor: Hypervisor, _ context: CommandContext
    ) async throws(MachineError) -> Int32 {
        let words = line.allArguments
        let command = Array(words.dropFirst())
        guard let memory = MemorySize.parse(line["memory"] ?? ""), memory >= MachineConfiguration.smallestMemory else {
            return usage("--memory", line["memory"], Localized(ko: "96m 이상", en: "96m or more"), context)
        }
        guard let processors = line.integer("cpus"), (1...16).contains(processors) else {
            return usage("--cpus", line["cpus"], Localized("1…16"), context)
        }
        let isDetached = line.isOn("detach")
        let hasTerminal = OutputStream(descriptor: context.input).isTerminal && context.output.isTerminal
        let sitsDown = command.isEmpty && !isDetached && hasTerminal
        var wanted = MachineConfiguration(
            name: words.first, console: sitsDown ? .once : isDetached ? .kept : .none)
        wanted.memory = memory
        wanted.processors = processors
        wanted.image = line["image"] ?? "busybox"
        wanted.accelerator = line["accel"].flatMap { Accelerator(rawValue: $0) }
        wanted.isQuiet = !line.isOn("verbose")
        wanted.terminalSize = sitsDown ? TerminalSize(descriptor: context.output.descriptor) : nil
        if sitsDown, let type = context.environment["TERM"],
            type.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" })
        {
            wanted.terminalType = type
        }
        let progress = BootProgress(context)
        let status = try await hypervisor.start(wanted) { progress.tries($0) }
        progress.finish()
        if isDetached, command.isEmpty {
            context.output.line(status.name)
            return 0
        }
        let code: Int32
        if sitsDown {
            guard let ended = try await sit(at: status.name, hypervisor, context) else { return 0 }
            code = ended
        } else {
            code = try await carryOut(command, status.name, line, hypervisor, context)
        }
        if line.isOn("rm") { try? await hypervisor.remove(status.name, force: true) }
        return code
    }

    /// - Returns: the exit status of the console's shell; nil if the machine was left running.
    private static func sit(
        at name: String, _ hypervisor: Hypervisor, _ context: CommandContext
    ) async throws(MachineError) -> Int32? {
        let greeting = Localized(
            ko: "\(name) 의 콘솔이에요. exit 하면 꺼지고, Ctrl-] 로 두고 나올 수 있어요.",
            en: "The console of \(name). 'exit' ends it, Ctrl-] leaves it running.")
        context.error.prose(greeting(context.language))
        let session = ConsoleSession(console: try await hypervisor.console(name), context: context, fromStart: true)
        switch await session.run() {
        case .ended: return try await hypervisor.wait(name).exit ?? 0
        case .left:
            context.error.line()
            context.error.prose(ConsoleVerb.leftNote(name)(context.language))
            return nil
        }
    }

    /// Runs the command, or what comes on standard input, and ends the machine with it.
    private static func carryOut(
        _ command: [String], _ name: String, _ line: Invocation, _ hypervisor: Hypervisor, _ context: CommandContext
    ) async throws(MachineError) -> Int32 {
        var guest = GuestCommand(
            command.isEmpty ? ["sh"] : command, output: context.output.descriptor, error: context.error.descriptor)
        let inputIsTerminal = OutputStream(descriptor: context.input).isTerminal
        if command.isEmpty || line.isOn("interactive") || !inputIsTerminal { guest.input = context.input }
        var raw: RawTerminal?
        if line.isOn("tty") {
            guest.terminal = TerminalSize(descriptor: context.output.descriptor) ?? TerminalSize(columns: 80, rows: 24)
            if line.isOn("interactive") { raw = RawTerminal(descriptor: context.input) }
        }
        defer { raw?.restore() }
        let result: Result<Int32, MachineError>
        do throws(MachineError) {
            result = .success(try await hypervisor.execute(name, guest))
        } catch {
            result = .failure(error)
        }
        // Also when this task was cancelled meanwhile.
        if !line.isOn("detach") { await Task { try? await hypervisor.stop(name, grace: .seconds(3)) }.value }
        return try result.get()
    }

    private static func usage(
        _ flag: String, _ value: String?, _ expected: Localized, _ context: CommandContext
    ) -> Int32 {
        context.error.line("vm run: \(flag): \(value ?? "")  (\(expected(context.language)))")
        return 125
    }
}

/// Sizes as docker reads them: `128m`, `1g`, bytes. Units are powers of 1024.
enum MemorySize {
    static func parse(_ text: String) -> Int? {
        let digits = text.prefix { $0.isNumber || $0 == "." }
        guard let value = Double(digits), value > 0, value < 1e12 else { return nil }
        let shift: Int
        switch text.dropFirst(digits.count).lowercased() {
        case "", "b": shift = 0
        case "k", "kb", "kib": shift = 10
        case "m", "mb", "mib": shift = 20
        case "g", "gb", "gib": shift = 30
        default: return nil
        }
        let bytes = value * Double(1 << shift)
        return bytes < 1e13 ? Int(bytes) : nil
    }

    /// `215 MB`: as people say it, decimal.
    static func text(_ bytes: Double) -> String {
        var value = bytes
        for unit in ["B", "kB", "MB", "GB"] {
            if value < 999.5 || unit == "GB" {
                let isWhole = unit == "B" || value >= 99.5
                let tenths = Int((value * 10).rounded())
                return isWhole ? "\(Int(value.rounded())) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
            }
            value /= 1000
        }
        return ""
    }
}
