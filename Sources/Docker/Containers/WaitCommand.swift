import Commands
import ContainerRuntime
import Terminal

/// `docker wait`
enum WaitCommand {
    static func make(_ engine: any Engine) -> Command {
        Command(
            "wait",
            summary: Localized(ko: "끝날 때까지 기다려 종료 코드를 찍는다", en: "Block until containers stop, then print exit codes"),
            usage: "[OPTIONS] CONTAINER [CONTAINER...]",
            flags: [
                Flag(
                    "condition", .text, placeholder: "WHEN",
                    summary: Localized(ko: "무엇을 기다릴지", en: "What to wait for"), fallback: "not-running",
                    allowed: WaitCondition.allCases.map(\.rawValue))
            ]
        ) { line, context in
            guard !line.allArguments.isEmpty else {
                return context.reportUsage("'docker wait' requires at least 1 argument", command: "wait")
            }
            let condition = line["condition"].flatMap { WaitCondition(rawValue: $0) } ?? .notRunning
            var status: Int32 = 0
            for name in line.allArguments {
                do throws(RuntimeError) {
                    let container = try await engine.containerStatus(name)
                    context.output.line(
                        String(try await engine.waitContainer(container.id, until: condition).code))
                } catch {
                    if Task.isCancelled { return 130 }
                    status = context.report(error)
                }
                if Task.isCancelled { return 130 }
            }
            return status
        }.completingContainers(engine)
    }
}
