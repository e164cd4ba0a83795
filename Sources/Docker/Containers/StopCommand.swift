import Commands
import ContainerRuntime
import Glibc
import Terminal

/// `docker stop`: the stop signal, a grace period, then SIGKILL.
enum StopCommand {
    static let flags = [
        Flag(
            "time", short: "t", .integer, placeholder: "SECONDS",
            summary: Localized(ko: "기다릴 시간(초) [10]", en: "Seconds to wait before killing it [10]")),
        Flag("timeout", .integer, summary: Localized(ko: "--time", en: "--time"), isHidden: true),
        Flag(
            "signal", short: "s", .text, placeholder: "SIGNAL",
            summary: Localized(ko: "보낼 신호", en: "Signal to send to the container")),
    ]

    /// What `-t` says; nil leaves it to the container. -1 waits for ever.
    static func grace(_ line: Invocation) -> Duration? {
        (line.integer("time") ?? line.integer("timeout")).map { .seconds($0 < 0 ? 10_000_000_000 : $0) }
    }

    /// Stops one, with a signal of the caller's first if there is one.
    static func stop(_ name: String, _ line: Invocation, _ engine: any Engine) async throws(RuntimeError) {
        let status = try await engine.containerStatus(name)
        if let text = line["signal"], status.state.isAlive {
            guard let signal = SignalName.number(text) else { throw .conflict("Invalid signal: \(text)") }
            try await engine.killContainer(status.id, signal: signal)
            if signal == SIGKILL {
                _ = try await engine.waitContainer(status.id, until: .notRunning)
                return
            }
        }
        try await engine.stopContainer(status.id, grace: grace(line))
    }

    static func make(_ engine: any Engine) -> Command {
        Command(
            "stop", summary: Localized(ko: "컨테이너를 멈춘다", en: "Stop running containers"),
            usage: "[OPTIONS] CONTAINER [CONTAINER...]", flags: flags
        ) { line, context in
            await context.forEach(line.allArguments, command: "stop") { name throws(RuntimeError) in
                try await stop(name, line, engine)
            }
        }.completingContainers(engine) { $0.state.isAlive }
    }
}

/// `docker restart`
enum RestartCommand {
    static func make(_ engine: any Engine) -> Command {
        Command(
            "restart", summary: Localized(ko: "껐다 켠다", en: "Restart containers"),
            usage: "[OPTIONS] CONTAINER [CONTAINER...]", flags: StopCommand.flags
        ) { line, context in
            await context.forEach(line.allArguments, command: "restart") { name throws(RuntimeError) in
                let status = try await engine.containerStatus(name)
                await context.prepareSources(of: status)
                if line.has("signal") { try await StopCommand.stop(name, line, engine) }
                try await engine.restartContainer(status.id, grace: StopCommand.grace(line))
            }
        }.completingContainers(engine)
    }
}

/// `docker kill`
enum KillCommand {
    static func make(_ engine: any Engine) -> Command {
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
                return context.report(.conflict("Invalid signal: \(text)"))
            }
            return await context.forEach(line.allArguments, command: "kill") { name throws(RuntimeError) in
                try await engine.killContainer(name, signal: signal)
            }
        }.completingContainers(engine) { $0.state.isAlive }
    }
}
