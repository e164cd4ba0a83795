import Commands
import ContainerRuntime
import Terminal

/// `docker commit` and `docker export`: containers become images and archives.
enum CommitCommand {
    static func make(_ engine: any Engine) -> Command {
        Command(
            "commit", summary: Localized(ko: "컨테이너로 이미지를 만든다", en: "Make an image of a container"),
            usage: "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
            examples: [
                (
                    "docker commit -m 'with my files' web web:mine",
                    Localized(ko: "지금 모습 그대로 이미지로", en: "An image of how it is now")
                )
            ],
            flags: [
                Flag("author", short: "a", .text, placeholder: "NAME", summary: Localized(ko: "만든 이", en: "Author")),
                ArchiveCommands.changeFlag,
                Flag(
                    "message", short: "m", .text, placeholder: "TEXT",
                    summary: Localized(ko: "남길 말", en: "Commit message")),
                Flag(
                    "pause", short: "p", summary: Localized(ko: "그동안 멈춰 둔다", en: "Pause the container meanwhile"),
                    fallback: "true"),
            ]
        ) { line, context in
            let arguments = line.allArguments
            guard (1...2).contains(arguments.count) else {
                return context.reportUsage("'docker commit' requires 1 or 2 arguments", command: "commit")
            }
            do throws(RuntimeError) {
                let id = try await engine.containerStatus(arguments[0]).id
                let change = ImageChange(
                    author: line["author"], message: line["message"], instructions: line.all("change"))
                let image = try await engine.commitContainer(
                    id, as: arguments.count > 1 ? arguments[1] : nil, change, pause: line.isOn("pause"))
                context.output.line(image)
                return 0
            } catch {
                return context.report(error)
            }
        }.completingContainers(engine, onlyFirst: true)
    }

    static func export(_ engine: any Engine) -> Command {
        Command(
            "export", summary: Localized(ko: "컨테이너의 파일을 아카이브로 쓴다", en: "Write a container's files as an archive"),
            usage: "[OPTIONS] CONTAINER",
            flags: [
                Flag(
                    "output", short: "o", .text, placeholder: "FILE",
                    summary: Localized(ko: "쓸 파일", en: "Write to a file"))
            ]
        ) { line, context in
            guard line.allArguments.count == 1 else {
                return context.reportUsage("'docker export' requires exactly 1 argument", command: "export")
            }
            do throws(RuntimeError) {
                try context.refuseTerminal(line["output"], "export")
                let id = try await engine.containerStatus(line.allArguments[0]).id
                try await context.writing(line["output"]) { output throws(RuntimeError) in
                    try await engine.exportContainer(id, to: output)
                }
                return 0
            } catch {
                return context.report(error)
            }
        }.completingContainers(engine)
    }
}
