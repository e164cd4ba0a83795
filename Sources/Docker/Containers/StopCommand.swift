import Commands
import ContainerRuntime
import Glibc
import Terminal

/// `docker stop`: the stop signal, a grace period, then SIGKILL.
enum StopCommand {
    static let timeFlag = Flag(
        "time", short: "t", .integer, placeholder: "SECONDS",
        summary: Localized(ko: "기다릴 시간(초)", en: "Seconds to wait before killing it"), fallback: "10")

    static func make(_ runtime: any ContainerRuntime) -> Command {
        Command(
            "stop", summary: Localized(ko: "컨테이너를 멈춘다", en: "Stop running containers"),
            usage: "[OPTIONS] CONTAINER [CONTAINER...]", flags: [timeFlag]
        ) { line, context in
            let grace = Duration.seconds(max(0, line.integer("time") ?? 10))
            return await context.forEach(line.allArguments, command: "stop") { name throws(RuntimeError) in
                let status = try await runtime.containerStatus(name)
                try await runtime.stopContainer(status.id, grace: grace)
            }
        }.completingContainers(runtime) { $0.state == .running }
    }
}

/// `docker restart`
enum RestartCommand {
    static func make(_ runtime: any ContainerRuntime) -> Command {
        Command(
            "restart", summary: Localized(ko: "껐다 켠다", en: "Restart containers"),
            usage: "[OPTIONS] CONTAINER [CONTAINER...]", flags: [StopCommand.timeFlag]
        ) { line, context in
            let grace = Duration.seconds(max(0, line.integer("time") ?? 10))
            return await context.forEach(line.allArguments, command: "restart") { name throws(RuntimeError) in
                let status = try await runtime.containerStatus(name)
                if status.state == .running { try await runtime.stopContainer(status.id, grace: grace) }
                try await runtime.startContainer(status.id)
            }
        }.completingContainers(runtime)
    }
}

/// `docker kill`
enum KillCommand {
    static func make(_ runtime: any ContainerRuntime) -> Command {
        Command(
            "kill", summary: Localized(ko: "신호를 보낸다", en: "Kill running containers"),
            usage: "[OPTIONS] CONTAINER [CONTAINER...]",
            flags: [
                Flag(
                    "signal", short: "s", .text, placeholder: "SIGNAL",
                    summary: Localized(ko: "보낼 신호", en: "Signal to send"), fallback: "KILL")
            ]
        ) { line, context in
            let text = line["signal"] ?? "KILL"
            guard let signal = SignalName.number(text) else {
                return context.report(.invalid(field: "signal", reason: text))
            }
            return await context.forEach(line.allArguments, command: "kill") { name throws(RuntimeError) in
                let status = try await runtime.containerStatus(name)
                guard status.state == .running else {
                    throw .wrongState(id: name, state: status.state, wanted: "it is not running")
                }
                try await runtime.signalContainer(status.id, signal: signal)
            }
        }.completingContainers(runtime) { $0.state == .running }
    }
}
