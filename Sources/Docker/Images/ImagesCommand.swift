import Commands
import ContainerRuntime
import Terminal

/// `docker images`
enum ImagesCommand {
    static func make(_ runtime: any ContainerRuntime) -> Command {
        Command(
            "images", summary: Localized(ko: "이미지 목록", en: "List images"), usage: "[OPTIONS] [REPOSITORY[:TAG]]",
            flags: [
                Flag("all", short: "a", summary: Localized(ko: "모두", en: "Show all images")),
                Flag("quiet", short: "q", summary: Localized(ko: "ID 만", en: "Only show image IDs")),
                Flag("no-trunc", summary: Localized(ko: "자르지 않는다", en: "Don't truncate output")),
            ]
        ) { line, context in
            do throws(RuntimeError) {
                print(try await runtime.images(), line, context)
                return 0
            } catch {
                return context.report(error)
            }
        }
    }

    private static func print(_ images: [ImageSummary], _ line: Invocation, _ context: CommandContext) {
        var rows: [[String]] = []
        for image in images {
            let id = line.isOn("no-trunc") ? image.id : ShortID.of(image.id)
            for reference in image.references {
                let (repository, tag) = split(reference)
                if let wanted = line.arguments.first, wanted != repository, wanted != reference { continue }
                let age = HumanDuration.text(seconds: max(0, Now.seconds - image.createdAt))
                rows.append([repository, tag, id, "\(age) ago", ByteSize.decimal(image.size)])
            }
        }
        if line.isOn("quiet") {
            for row in rows { context.output.line(row[2]) }
            return
        }
        let header = ["REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE"]
        context.output.write(TablePrinter(rows: [header] + rows).text())
    }

    private static func split(_ reference: String) -> (String, String) {
        guard let colon = reference.lastIndex(of: ":"), !reference[colon...].contains("/") else {
            return (reference, "latest")
        }
        return (String(reference[..<colon]), String(reference[reference.index(after: colon)...]))
    }
}

enum ImageCompletion {
    static func references(_ runtime: any ContainerRuntime) async -> [Completion] {
        let images = (try? await runtime.images()) ?? []
        return images.flatMap(\.references).map { reference in
            Completion(reference.hasSuffix(":latest") ? String(reference.dropLast(7)) : reference)
        }
    }
}

/// The 12 digits people see of an id.
enum ShortID {
    static func of(_ id: String) -> String {
        String((id.hasPrefix("sha256:") ? id.dropFirst(7) : id[...]).prefix(12))
    }
}
