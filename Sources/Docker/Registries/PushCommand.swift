import Commands
import ContainerRuntime
import Terminal

/// `docker push`
enum PushCommand {
    static func make(_ engine: any Engine) -> Command {
        Command(
            "push", summary: Localized(ko: "이미지를 저장소에 올린다", en: "Upload an image to a registry"),
            usage: "[OPTIONS] NAME[:TAG]",
            flags: [
                Flag(
                    "all-tags", short: "a",
                    summary: Localized(ko: "모든 태그를 올린다", en: "Push all tags of an image to the repository")),
                Flag("quiet", short: "q", summary: Localized(ko: "과정을 보이지 않는다", en: "Suppress verbose output")),
            ],
            subcommands: [],
            completeArgument: { _, index, _ in
                guard index == 0 else { return [] }
                return await ImageCompletion.references(engine)
            }
        ) { line, context in
            guard line.allArguments.count == 1 else {
                return context.reportUsage("'docker push' requires exactly 1 argument", command: "push")
            }
            let name = line.allArguments[0]
            let isQuiet = line.isOn("quiet")
            do throws(RuntimeError) {
                if line.isOn("all-tags") {
                    if ImageName.hasTag(name) {
                        context.error.line("tag can't be used with --all-tags/-a")
                        return 1
                    }
                    let tags = try await engine.imageTags(name, remote: false)
                    if tags.isEmpty { throw .noSuchImage(name) }
                    for tag in tags { try await push("\(name):\(tag)", engine, isQuiet, context) }
                } else {
                    if !ImageName.hasTag(name), !isQuiet { context.output.line("Using default tag: latest") }
                    try await push(name, engine, isQuiet, context)
                }
                return 0
            } catch {
                if Task.isCancelled { return 130 }
                if case .noSuchImage(let image) = error {
                    context.error.line("An image does not exist locally with the tag: \(image)")
                    context.error.prose(
                        Localized(
                            ko: "'docker tag 이미지 \(image)' 로 이 이름을 먼저 붙이세요.",
                            en: "Give an image this name first: 'docker tag IMAGE \(image)'.")(context.language))
                    return 1
                }
                return context.report(error, prefix: "")
            }
        }
    }

    private static func push(
        _ name: String, _ engine: any Engine, _ isQuiet: Bool, _ context: CommandContext
    ) async throws(RuntimeError) {
        let display = TransferDisplay(output: context.output, environment: context.environment, isQuiet: isQuiet)
        let image = try await display.follow { progress throws(RuntimeError) in
            try await engine.pushImage(name, progress: progress)
        }
        context.output.line(isQuiet ? name : "\(image.tag): digest: \(image.digest) size: \(image.size)")
    }
}
