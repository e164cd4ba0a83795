import Commands
import ContainerRuntime
import Terminal

/// `docker wait`
enum WaitCommand {
    static func make(_ runtime: any ContainerRuntime) -> Command {
        Command(
            "wait",
            summary: Localized(ko: "끝날 때까지 기다려 종료 코드를 찍는다", en: "Block until containers stop, then print exit codes"),
            usage: "CONTAINER [CONTAINER...]"
        ) { line, context in
            guard !line.allArguments.isEmpty else {
                return context.reportUsage("'docker wait' requires at least 1 argument", command: "wait")
            }
            var status: Int32 = 0
            for name in line.allArguments {
                do throws(RuntimeError) {
                    let container = try await runtime.containerStatus(name)
                    context.output.line(String(try await runtime.waitContainer(container.id).code))
                } catch {
                    status = context.report(error)
                }
                if Task.isCancelled { return 130 }
            }
            return status
        }.completingContainers(runtime)
    }
}
