import Commands
import ContainerRuntime
import Terminal

/// `docker rmi`, `docker tag` and `docker image prune`.
enum RemoveImageCommand {
    static func make(_ engine: any Engine) -> Command {
        Command(
            "rmi", summary: Localized(ko: "이미지를 지운다", en: "Remove images"), usage: "[OPTIONS] IMAGE [IMAGE...]",
            flags: [
                Flag("force", short: "f", summary: Localized(ko: "쓰이고 있어도", en: "Force removal")),
                Flag("no-prune", summary: Localized(ko: "이름 없는 바탕은 둔다", en: "Do not delete untagged parents")),
            ]
        ) { line, context in
            guard !line.allArguments.isEmpty else {
                return context.reportUsage("'docker rmi' requires at least 1 argument", command: "rmi")
            }
            var status: Int32 = 0
            for name in line.allArguments {
                do throws(RuntimeError) {
                    print(try await engine.removeImage(name, force: line.isOn("force")), context)
                } catch {
                    if line.isOn("force"), case .noSuchImage = error {
                        context.error.line("Error response from daemon: No such image: \(name)")
                    } else {
                        status = context.report(error)
                    }
                }
            }
            return status
        }.completingImages(engine)
    }

    static func tag(_ engine: any Engine) -> Command {
        Command(
            "tag", summary: Localized(ko: "이미지에 이름을 하나 더 준다", en: "Give an image a further name"),
            usage: "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
            examples: [("docker tag busybox mine:v1", Localized(ko: "같은 이미지, 두 이름", en: "One image, two names"))]
        ) { line, context in
            guard line.allArguments.count == 2 else {
                return context.reportUsage("'docker tag' requires exactly 2 arguments", command: "tag")
            }
            do throws(RuntimeError) {
                try await engine.tagImage(line.allArguments[0], as: line.allArguments[1])
                return 0
            } catch {
                return context.report(error)
            }
        }.completingImages(engine)
    }

    static func prune(_ engine: any Engine) -> Command {
        Command(
            "prune", summary: Localized(ko: "쓰이지 않는 이미지를 지운다", en: "Remove unused images"), usage: "[OPTIONS]",
            flags: [
                Flag(
                    "all", short: "a",
                    summary: Localized(ko: "이름 있는 것까지", en: "Remove all unused images, named ones too")),
                Prune.forceFlag, Prune.filterFlag,
            ]
        ) { line, context in
            do throws(RuntimeError) {
                let filters = try Prune.filters(line)
                let warning =
                    line.isOn("all")
                    ? "WARNING! This will remove all images without at least one container associated to them."
                    : "WARNING! This will remove all dangling images."
                guard await Prune.isConfirmed(warning, line, context) else { return 0 }
                let (removed, bytes) = try await engine.pruneImages(all: line.isOn("all")) { image in
                    filters.matches(labels: image.summary.labels, createdAt: image.summary.createdAt)
                }
                if !removed.isEmpty {
                    context.output.line("Deleted Images:")
                    print(removed, context)
                    context.output.line()
                }
                context.output.line("Total reclaimed space: \(ByteSize.decimal(bytes))")
                return 0
            } catch {
                return context.report(error)
            }
        }
    }

    /// Docker's words on standard output, one a line.
    static func print(_ removals: [ImageRemoval], _ context: CommandContext) {
        for removal in removals {
            switch removal {
            case .untagged(let name): context.output.line("Untagged: \(name)")
            case .deleted(let digest): context.output.line("Deleted: \(digest)")
            }
        }
    }
}
