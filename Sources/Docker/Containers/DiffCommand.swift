import Commands
import ContainerRuntime
import Terminal

/// `docker diff`: what a container changed of its image.
enum DiffCommand {
    static func make(_ engine: any Engine) -> Command {
        Command(
            "diff", summary: Localized(ko: "이미지와 무엇이 달라졌는지", en: "Show what a container has changed"),
            usage: "CONTAINER",
            details: Localized(
                ko: "A 는 새로 생긴 것, C 는 바뀐 것, D 는 지워진 것이에요. 컨테이너의 쓰기 층에는 이것만 들어 있어요.",
                en: "A is added, C changed, D deleted. The container's writable layer holds just this.")
        ) { line, context in
            guard line.allArguments.count == 1 else {
                return context.reportUsage("'docker diff' requires exactly 1 argument", command: "diff")
            }
            do throws(RuntimeError) {
                let id = try await engine.containerStatus(line.allArguments[0]).id
                for change in try await engine.changes(id) {
                    context.output.line("\(change.kind.rawValue) \(VisibleText.cell(change.path))")
                }
                return 0
            } catch {
                return context.report(error)
            }
        }.completingContainers(engine)
    }
}
