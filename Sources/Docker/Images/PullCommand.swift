import Commands
import ContainerRuntime
import Terminal

/// `docker pull`: images are assembled on this machine; there is nothing to download from yet.
enum PullCommand {
    static func make(_ runtime: any ContainerRuntime) -> Command {
        Command("pull", summary: Localized(ko: "이미지를 준비한다", en: "Make an image ready"), usage: "IMAGE") {
            line, context in
            guard line.allArguments.count == 1 else {
                return context.reportUsage("'docker pull' requires exactly 1 argument", command: "pull")
            }
            do throws(RuntimeError) {
                let image = try await runtime.resolveImage(line.allArguments[0])
                context.output.line("\(image.references.first ?? line.allArguments[0]): \(image.origin)")
                context.output.line("Digest: \(image.id)")
                return 0
            } catch {
                return context.report(error)
            }
        }
    }
}
