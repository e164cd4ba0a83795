import Commands
import ContainerRuntime
import Documents
import Terminal

/// `docker images`
enum ImagesCommand {
    private static let filters = ["dangling", "label", "reference", "before", "since", "until"]

    static func make(_ engine: any Engine) -> Command {
        var command = Command(
            "images", summary: Localized(ko: "이미지 목록", en: "List images"), usage: "[OPTIONS] [REPOSITORY[:TAG]]",
            examples: [
                (
                    "docker images --filter dangling=true",
                    Localized(ko: "이름을 잃은 이미지", en: "Images that have lost their names")
                )
            ],
            flags: [
                Flag("all", short: "a", summary: Localized(ko: "모두", en: "Show all images")),
                Flag("quiet", short: "q", summary: Localized(ko: "ID 만", en: "Only show image IDs")),
                Flag("no-trunc", summary: Localized(ko: "자르지 않는다", en: "Don't truncate output")),
                Flag("digests", summary: Localized(ko: "다이제스트도", en: "Show digests")),
                ListFilter.flag(filters), RowFormat.flag,
            ]
        ) { line, context in
            do throws(RuntimeError) {
                let wanted = try ListFilter.read(line, known: filters)
                let all = try await engine.imageDetails()
                var found = all
                for filter in wanted {
                    var kept: [ImageDetails] = []
                    for image in found where try matches(image, filter, all) { kept.append(image) }
                    found = kept
                }
                let patterns = wanted.filter { $0.key == "reference" }.map(\.value)
                return try print(found, patterns, line, context)
            } catch {
                return context.report(error)
            }
        }
        command.completeArgument = { _, _, _ in await ImageCompletion.references(engine) }
        return command
    }

    private static func matches(
        _ image: ImageDetails, _ filter: ListFilter, _ all: [ImageDetails]
    ) throws(RuntimeError) -> Bool {
        func created(of name: String) throws(RuntimeError) -> Double {
            let other = all.first {
                $0.summary.references.contains(name) || $0.summary.references.contains(name + ":latest")
                    || $0.summary.id.dropFirst(7).hasPrefix(name) || $0.summary.id == name
            }
            guard let other else { throw .noSuchImage(name) }
            return other.summary.createdAt
        }
        switch filter.key {
        case "dangling": return image.summary.references.isEmpty == filter.isTrue
        case "label": return filter.matchesLabel(image.summary.labels)
        case "before": return image.summary.createdAt < (try created(of: filter.value))
        case "since": return image.summary.createdAt > (try created(of: filter.value))
        case "until": return image.summary.createdAt < (try filter.instant())
        default: return image.summary.references.contains { NamePattern(filter.value).matches($0) }
        }
    }

    private static func print(
        _ images: [ImageDetails], _ patterns: [String], _ line: Invocation, _ context: CommandContext
    ) throws(RuntimeError) -> Int32 {
        var rows: [JSONValue] = []
        for image in images {
            let id = line.isOn("no-trunc") ? image.summary.id : ShortID.of(image.summary.id)
            if let wanted = line.allArguments.first {
                // A repository, or a repository with a tag.
                for reference in image.summary.references {
                    let (repository, tag) = split(reference)
                    if NamePattern(wanted).matches(repository) || NamePattern(wanted).matches(reference) {
                        rows.append(row(image, id, repository, tag))
                    }
                }
            } else if image.summary.references.isEmpty {
                // One that was pulled by its digest still shows where it is from.
                let repositories = image.repositoryDigests.map { String($0.prefix { $0 != "@" }) }
                for repository in repositories.isEmpty ? ["<none>"] : repositories {
                    rows.append(row(image, id, repository, "<none>"))
                }
            } else {
                for reference in image.summary.references
                where patterns.isEmpty || patterns.contains(where: { NamePattern($0).matches(reference) }) {
                    let (repository, tag) = split(reference)
                    rows.append(row(image, id, repository, tag))
                }
            }
        }
        if line.isOn("quiet"), line["format"] == nil {
            var seen: Set<String> = []
            for id in rows.compactMap({ $0["ID"]?.string }) where seen.insert(id).inserted { context.output.line(id) }
            return 0
        }
        var format = RowFormat(columns: [("REPOSITORY", "Repository"), ("TAG", "Tag")])
        if line.isOn("digests") { format.columns.append(("DIGEST", "Digest")) }
        format.columns += [("IMAGE ID", "ID"), ("CREATED", "CreatedSince"), ("SIZE", "Size")]
        format.further = [("DIGEST", "Digest"), ("CREATED AT", "CreatedAt")]
        try format.print(rows, format: line["format"], context)
        return 0
    }

    /// What a registry knows the image by in that repository; its manifest's own digest elsewhere.
    private static func digest(_ image: ImageDetails, _ repository: String) -> String {
        let known = image.repositoryDigests.first { $0.hasPrefix(repository + "@") }
        return known.map { String($0.dropFirst(repository.count + 1)) } ?? image.manifestDigest
    }

    private static func row(_ image: ImageDetails, _ id: String, _ repository: String, _ tag: String) -> JSONValue {
        let createdAt = image.summary.createdAt
        // Builds that are to be the same tomorrow leave the date out.
        let age = createdAt > 0 ? HumanDuration.text(seconds: max(0, Now.seconds - createdAt)) + " ago" : "N/A"
        return [
            "Containers": "N/A", "CreatedAt": .string(TimeText.rfc3339(createdAt)), "CreatedSince": .string(age),
            "Digest": .string(digest(image, repository)), "ID": .string(id),
            "Repository": .string(repository), "SharedSize": .string(ByteSize.decimal(image.sharedSize)),
            "Size": .string(ByteSize.decimal(image.summary.size)), "Tag": .string(tag),
            "UniqueSize": .string(ByteSize.decimal(image.summary.size - image.sharedSize)),
        ]
    }

    static func split(_ reference: String) -> (String, String) {
        guard let colon = reference.lastIndex(of: ":"), !reference[colon...].contains("/") else {
            return (reference, "latest")
        }
        return (String(reference[..<colon]), String(reference[reference.index(after: colon)...]))
    }
}

/// A name with `*` and `?` in it, as path.Match has them: they stop at a slash. A name without a tag means any.
struct NamePattern {
    private let pattern: [Character]

    init(_ pattern: String) { self.pattern = Array(pattern) }

    func matches(_ name: String) -> Bool {
        let whole = Array(name)
        if Self.matches(pattern[...], whole[...]) { return true }
        return !pattern.contains(":") && Self.matches(pattern[...], Array(ImagesCommand.split(name).0)[...])
    }

    private static func matches(_ pattern: ArraySlice<Character>, _ name: ArraySlice<Character>) -> Bool {
        guard let first = pattern.first else { return name.isEmpty }
        if first == "*" {
            if matches(pattern.dropFirst(), name) { return true }
            return name.first.map { $0 != "/" } ?? false && matches(pattern, name.dropFirst())
        }
        guard let next = name.first, first == next || (first == "?" && next != "/") else { return false }
        return matches(pattern.dropFirst(), name.dropFirst())
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

extension Command {
    /// A command that takes one or more images.
    func completingImages(_ runtime: any ContainerRuntime) -> Command {
        var command = self
        command.completeArgument = { _, _, _ in await ImageCompletion.references(runtime) }
        return command
    }
}

/// The 12 digits people see of an id.
enum ShortID {
    static func of(_ id: String) -> String {
        String((id.hasPrefix("sha256:") ? id.dropFirst(7) : id[...]).prefix(12))
    }
}
