import Commands
import ContainerRuntime
import Documents
import Terminal

/// `docker manifest inspect`: what a registry has under a name, without pulling it.
enum ManifestCommand {
    static func make(_ engine: any Engine) -> Command {
        var family = Command(
            "manifest", summary: Localized(ko: "저장소의 이미지 명세를 본다", en: "Manage Docker image manifests"))
        family.subcommands = [
            Command(
                "inspect",
                summary: Localized(
                    ko: "이미지 명세나 종류별 목록을 보여 준다", en: "Display an image manifest, or manifest list"),
                usage: "[OPTIONS] MANIFEST",
                flags: [
                    Flag(
                        "verbose", short: "v",
                        summary: Localized(
                            ko: "요약과 종류도 함께", en: "Output additional info including layers and platform"))
                ]
            ) { line, context in
                guard line.allArguments.count == 1 else {
                    return context.reportUsage(
                        "'docker manifest inspect' requires exactly 1 argument", command: "manifest inspect")
                }
                do throws(RuntimeError) {
                    let name = line.allArguments[0]
                    let document = try await engine.remoteManifest(name)
                    let shown =
                        line.isOn("verbose")
                        ? try await verbose(document, name, engine) : try parse(document)
                    context.output.line(shown.prettyPrinted(indent: 3))
                    return 0
                } catch {
                    return Task.isCancelled ? 130 : context.report(error, prefix: "")
                }
            }
        ]
        return family
    }

    private static func parse(_ document: RemoteDocument) throws(RuntimeError) -> JSONValue {
        do throws(JSONParseError) {
            return try JSONValue(parsing: document.bytes)
        } catch {
            throw .registry(.untrustworthy(detail: "manifest \(document.digest): \(error.reason)"))
        }
    }

    private static func verbose(
        _ document: RemoteDocument, _ name: String, _ engine: any Engine
    ) async throws(RuntimeError) -> JSONValue {
        let manifest = try parse(document)
        guard let entries = manifest["manifests"]?.array else { return summary(document, manifest, name, nil) }
        var repository = name.prefix { $0 != "@" }
        if let colon = repository.lastIndex(of: ":"), !repository[colon...].contains("/") {
            repository = repository[..<colon]
        }
        var list: [JSONValue] = []
        for entry in entries {
            guard let digest = entry["digest"]?.string else { continue }
            let one = try await engine.remoteManifest("\(repository)@\(digest)")
            list.append(summary(one, try parse(one), "\(repository)@\(digest)", entry["platform"]))
        }
        return .array(list)
    }

    private static func summary(
        _ document: RemoteDocument, _ manifest: JSONValue, _ name: String, _ platform: JSONValue?
    ) -> JSONValue {
        var descriptor: JSONValue = [
            "mediaType": .string(document.mediaType), "digest": .string(document.digest),
            "size": .integer(document.bytes.count),
        ]
        if let platform { descriptor["platform"] = platform }
        let isOCI = document.mediaType.hasPrefix("application/vnd.oci.")
        return [
            "Ref": .string(name), "Descriptor": descriptor, isOCI ? "OCIManifest" : "SchemaV2Manifest": manifest,
        ]
    }
}
