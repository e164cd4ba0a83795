import Commands
import ContainerRuntime
import Glibc
import Terminal

/// `host kill`: a signal from outside, to a process of a container and to no other.
enum HostKill {
    static func command(_ runtime: any ContainerRuntime) -> Command {
        Command(
            "kill", summary: Localized(ko: "컨테이너의 프로세스에 바깥에서 신호 보내기", en: "Signal a container's process from outside"),
            usage: "[-SIGNAL] PID …", stopsAtFirstArgument: true,
            completeArgument: { _, _, _ in
                await processes(runtime).map {
                    Completion(String($0.process.pid), explanation: "\($0.container): \($0.process.command)")
                }
            },
            run: { invocation, context in await run(invocation, context, runtime) })
    }

    /// `-9`, `-KILL`, `-SIGKILL` are no flags of pflag: they are moved behind `--` before the line is parsed.
    static func rewritten(_ words: [String]) -> [String] {
        guard words.first == "kill", words.count > 1, words[1].hasPrefix("-"), words[1] != "--",
            words[1] != "--help", words[1] != "-h"
        else { return words }
        return ["kill", "--"] + words.dropFirst()
    }

    private static func run(
        _ invocation: Invocation, _ context: CommandContext, _ runtime: any ContainerRuntime
    ) async -> Int32 {
        var words = invocation.allArguments[...]
        var signal = SIGTERM
        if let first = words.first, first.hasPrefix("-") {
            guard let number = number(of: String(first.dropFirst())) else {
                context.error.line("host kill: \(first): invalid signal")
                return 2
            }
            signal = number
            words = words.dropFirst()
        }
        guard !words.isEmpty else {
            context.error.line(
                "host kill: "
                    + Localized(ko: "PID 가 필요해요 ('host ps')", en: "a PID is needed ('host ps')")(context.language))
            return 2
        }
        var status: Int32 = 0
        for word in words where await !send(signal, to: word, context, runtime) { status = 1 }
        return status
    }

    private static func send(
        _ signal: Int32, to word: String, _ context: CommandContext, _ runtime: any ContainerRuntime
    ) async -> Bool {
        guard let pid = Int32(word), await processes(runtime).contains(where: { $0.process.pid == pid }) else {
            let text = Localized(
                ko: "host kill: \(word): 키잡이 컨테이너의 프로세스가 아니에요 ('host ps' 로 보세요)",
                en: "host kill: \(word): not a process of kijabi's containers (see 'host ps')")
            context.error.line(text(context.language))
            return false
        }
        guard Glibc.kill(pid, signal) == 0 else {
            context.error.line("host kill: \(word): \(String(cString: strerror(errno)))")
            return false
        }
        return true
    }

    private static func processes(
        _ runtime: any ContainerRuntime
    ) async -> [(container: String, process: ContainerProcess)] {
        var found: [(container: String, process: ContainerProcess)] = []
        for container in await HostCommand.containers(runtime) {
            let processes = (try? await runtime.processes(container.id)) ?? []
            found += processes.map { (HostCommand.name(of: container), $0) }
        }
        return found
    }

    private static let names: [String: Int32] = [
        "HUP": SIGHUP, "INT": SIGINT, "QUIT": SIGQUIT, "KILL": SIGKILL, "USR1": SIGUSR1, "USR2": SIGUSR2,
        "TERM": SIGTERM, "STOP": SIGSTOP, "CONT": SIGCONT, "TSTP": SIGTSTP, "SEGV": SIGSEGV, "ABRT": SIGABRT,
    ]

    private static func number(of text: String) -> Int32? {
        if let number = Int32(text) { return (0...64).contains(number) ? number : nil }
        let name = text.uppercased()
        return names[name.hasPrefix("SIG") ? String(name.dropFirst(3)) : name]
    }
}
