import Commands
import ContainerRuntime
import Terminal

/// `docker pause`: freezes all processes of a container.
enum PauseCommand {
    static func make(_ engine: any Engine) -> Command {
        Command(
            "pause", summary: Localized(ko: "모든 프로세스를 얼린다", en: "Pause all processes in containers"),
            usage: "CONTAINER [CONTAINER...]"
        ) { line, context in
            await context.forEach(line.allArguments, command: "pause") { name throws(RuntimeError) in
                try await engine.pauseContainer(name)
            }
        }.completingContainers(engine) { $0.state == .running }
    }
}

/// `docker unpause`
enum UnpauseCommand {
    static func make(_ engine: any Engine) -> Command {
        Command(
            "unpause", summary: Localized(ko: "얼린 것을 녹인다", en: "Unpause all processes in containers"),
            usage: "CONTAINER [CONTAINER...]"
        ) { line, context in
            await context.forEach(line.allArguments, command: "unpause") { name throws(RuntimeError) in
                try await engine.unpauseContainer(name)
            }
        }.completingContainers(engine) { $0.state == .paused }
    }
}

/// `docker rename`
enum RenameCommand {
    static func make(_ engine: any Engine) -> Command {
        Command(
            "rename", summary: Localized(ko: "이름을 바꾼다", en: "Rename a container"), usage: "CONTAINER NEW_NAME"
        ) { line, context in
            guard line.allArguments.count == 2 else {
                return context.reportUsage("'docker rename' requires 2 arguments", command: "rename")
            }
            do throws(RuntimeError) {
                try await engine.renameContainer(line.allArguments[0], to: line.allArguments[1])
                return 0
            } catch {
                return context.report(error)
            }
        }.completingContainers(engine, onlyFirst: true)
    }
}
