import Commands
import ContainerRuntime
import Terminal

/// `docker pull`
enum PullCommand {
    static let platform = Flag(
        "platform", .text, placeholder: "OS/ARCH",
        summary: Localized(ko: "다른 종류의 컴퓨터를 위한 이미지", en: "Set platform if server is multi-platform capable"))

    static func make(_ engine: any Engine) -> Command {
        Command(
            "pull", summary: Localized(ko: "저장소에서 이미지를 내려받는다", en: "Download an image from a registry"),
            usage: "[OPTIONS] NAME[:TAG|@DIGEST]",
            flags: [
                Flag(
                    "all-tags", short: "a",
                    summary: Localized(ko: "모든 태그를 내려받는다", en: "Download all tagged images in the repository")),
                platform,
                Flag("quiet", short: "q", summary: Localized(ko: "과정을 보이지 않는다", en: "Suppress verbose output")),
            ]
        ) { line, context in
            guard line.allArguments.count == 1 else {
                return context.reportUsage("'docker pull' requires exactly 1 argument", command: "pull")
            }
            let display = TransferDisplay(
                output: context.output, environment: context.environment, isQuiet: line.isOn("quiet"))
            let name = line.allArguments[0]
            do throws(RuntimeError) {
                if line.isOn("all-tags") {
                    if ImageName.hasTag(name) {
                        context.error.line("tag can't be used with --all-tags/-a")
                        return 1
                    }
                    try await pullAll(name, line["platform"], engine, display, context)
                } else {
                    try await pull(name, line["platform"], engine, display, context)
                }
                return 0
            } catch {
                return Task.isCancelled ? 130 : context.report(error)
            }
        }
    }

    private static func pull(
        _ name: String, _ platform: String?, _ engine: any Engine, _ display: TransferDisplay,
        _ context: CommandContext
    ) async throws(RuntimeError) {
        if !ImageName.hasTag(name) { display.line("Using default tag: latest") }
        let image: PulledImage
        do throws(RuntimeError) {
            image = try await fetch(name, platform, engine, display)
        } catch {
            // What can be made here is there to be used, whatever the network says.
            guard case .registry(.unreachable) = error, platform == nil, await engine.isImageHere(name, platform: nil)
            else {
                throw error
            }
            try await makeHere(name, engine, error, context)
            return
        }
        context.output.line(image.reference)
    }

    /// Pulls with a display, and tells what came of it.
    @discardableResult
    static func fetch(
        _ name: String, _ platform: String?, _ engine: any Engine, _ display: TransferDisplay
    ) async throws(RuntimeError) -> PulledImage {
        let image = try await display.follow { progress throws(RuntimeError) in
            try await engine.pullImage(name, platform: platform, progress: progress)
        }
        display.line("Digest: \(image.digest)")
        display.line(
            image.isNewer
                ? "Status: Downloaded newer image for \(image.familiar)"
                : "Status: Image is up to date for \(image.familiar)")
        return image
    }

    /// An image with a recipe needs no registry.
    private static func makeHere(
        _ name: String, _ engine: any Engine, _ error: RuntimeError, _ context: CommandContext
    ) async throws(RuntimeError) {
        let image = try await engine.resolveImage(name)
        context.error.prose(
            Localized(
                ko: "저장소에는 닿지 않지만, 이 이미지는 이 컴퓨터에 있는 것으로 쓸 수 있어요: \(image.origin)",
                en: "The registry cannot be reached, but this image is here: \(image.origin)")(context.language))
        context.output.line("Status: Image is up to date for \(image.references.first ?? name)")
    }

    private static func pullAll(
        _ name: String, _ platform: String?, _ engine: any Engine, _ display: TransferDisplay,
        _ context: CommandContext
    ) async throws(RuntimeError) {
        var last = name
        for tag in try await engine.imageTags(name, remote: true) {
            let one = TransferDisplay(
                output: context.output, environment: context.environment, isQuiet: display.isQuiet)
            let image = try await one.follow { progress throws(RuntimeError) in
                try await engine.pullImage("\(name):\(tag)", platform: platform, progress: progress)
            }
            one.line("Digest: \(image.digest)")
            last = String(image.reference.dropLast(tag.utf8.count + 1))
        }
        display.line("Status: Downloaded newer image for \(name)")
        context.output.line(last)
    }
}

/// Names of images as people write them, as far as commands look into them.
enum ImageName {
    /// Of this machine, as images name it.
    static var architecture: String {
        #if arch(arm64)
            "arm64"
        #else
            "amd64"
        #endif
    }

    /// It says which image of the repository is meant.
    static func hasTag(_ name: String) -> Bool {
        let last = name.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        return last.contains(":") || name.contains("@")
    }
}
