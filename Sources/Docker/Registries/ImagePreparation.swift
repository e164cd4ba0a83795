import Commands
import ContainerRuntime
import Terminal

/// Brings the image of a container here before it is made, so that people see what they wait for.
enum ImagePreparation {
    /// - Parameter configuration: its policy is carried out, and then says that nothing more is to be done.
    static func prepare(
        _ configuration: inout ContainerConfiguration, _ platform: String?, isQuiet: Bool, _ engine: any Engine,
        _ context: CommandContext
    ) async throws(RuntimeError) {
        let name = configuration.image
        switch configuration.pullPolicy {
        case .never: return
        case .missing:
            if await engine.isImageHere(name, platform: platform) {
                if platform == nil { await warnIfForeign(name, engine, context) }
                return
            }
            if name.hasPrefix("sha256:") { throw .noSuchImage(name) }
            context.error.line("Unable to find image '\(ImageName.hasTag(name) ? name : name + ":latest")' locally")
        case .always: break
        }
        let display = TransferDisplay(output: context.error, environment: context.environment, isQuiet: isQuiet)
        do throws(RuntimeError) {
            try await PullCommand.fetch(name, platform, engine, display)
        } catch {
            guard case .registry(.unreachable(let host, let detail, _)) = error,
                await engine.isImageHere(name, platform: platform)
            else {
                throw error
            }
            // It would be here: what else could be made is no news.
            throw .registry(.unreachable(host: host, detail: detail, offers: []))
        }
        configuration.pullPolicy = .never
        if platform == nil { await warnIfForeign(name, engine, context) }
    }

    /// An image for another kind of machine is not used without a word.
    private static func warnIfForeign(_ name: String, _ engine: any Engine, _ context: CommandContext) async {
        guard let image = try? await engine.imageDetails(name).summary, image.isForeign else { return }
        context.error.line(
            "WARNING: The requested image's platform (\(image.platform)) does not match the detected host platform "
                + "(linux/\(ImageName.architecture)) and no specific platform was requested")
    }
}
