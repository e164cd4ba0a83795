import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl patch`
enum PatchVerb {
    static func command(_ kubectl: Kubectl) -> Command {
        Command(
            "patch", summary: Localized(ko: "오브젝트의 필드를 바꿉니다.", en: "Changes fields of an object."),
            usage: "(TYPE NAME | TYPE/NAME | -f FILE) (-p PATCH | --patch-file FILE)",
            examples: [
                (
                    "kubectl patch deployment web -p '{\"spec\":{\"replicas\":3}}'",
                    Localized(ko: "필드 하나를 덮기", en: "Lay a field over it")
                ),
                (
                    "kubectl patch pod web --type=json -p '[{\"op\":\"remove\",\"path\":\"/metadata/labels/app\"}]'",
                    Localized(ko: "JSON 패치로", en: "With a JSON patch")
                ),
            ],
            flags: [
                Flag(
                    "patch", short: "p", .text, placeholder: "PATCH",
                    summary: Localized(ko: "JSON 이나 YAML", en: "JSON or YAML")),
                Flag(
                    "patch-file", .text, placeholder: "FILE",
                    summary: Localized(ko: "패치가 든 파일", en: "a file with the patch")),
                Flag(
                    "type", .text, placeholder: "TYPE", summary: Localized(ko: "패치의 종류", en: "kind of patch"),
                    fallback: "strategic",
                    complete: { _, _ in ["json", "merge", "strategic"].map { Completion($0) } }),
                Flag(
                    "subresource", .text, placeholder: "NAME", summary: Localized(ko: "하위 리소스", en: "subresource"),
                    complete: { _, _ in ["status", "scale"].map { Completion($0) } }),
                SharedFlags.dryRun, SharedFlags.output, SharedFlags.fieldManager,
            ] + SharedFlags.files,
            completeArgument: { await Completions(kubectl).typeThenNames($0, $1, $2) },
            run: kubectl.perform { try await run($0) })
    }

    private static func run(_ call: Call) async throws {
        let patch = try await patch(call)
        var subresource: Subresource?
        if let name = call.invocation["subresource"], !name.isEmpty {
            subresource = Subresource(rawValue: name)
            guard subresource == .status || subresource == .scale else {
                throw Failure.message("invalid subresource value: \"\(name)\". Must be one of [status scale resize]")
            }
        }
        let selected = try await call.targets(call.invocation.allArguments)
        if selected.targets.isEmpty, selected.errors.isEmpty { throw Failure.message("no objects passed to patch") }
        var changer = try Changer(call, manager: "kubectl-patch")
        try await call.forEach(selected) { target in
            let object = try await call.fetch(target)
            let result = try await changer.change(target, object, patch, subresource: subresource)
            let didChange = result.document != object.document
            try await changer.report(target, result, didChange ? "patched" : "patched (no change)")
        }
    }

    private static func patch(_ call: Call) async throws -> Patch {
        let invocation = call.invocation
        var text = invocation["patch"] ?? ""
        if let file = invocation["patch-file"] {
            if invocation.has("patch") { throw Failure.message("cannot specify --patch and --patch-file together") }
            do {
                let bytes = try await call.context.files.read(
                    file, workingDirectory: call.context.workingDirectory)
                text = String(decoding: bytes, as: UTF8.self)
            } catch {
                throw Failure.message(
                    "unable to read patch file: open \(file): \(SystemErrorText.text(error.errno))")
            }
        }
        guard !text.isEmpty else {
            throw Failure.message("must specify --patch or --patch-file containing the contents of the patch")
        }
        let document: JSONValue
        do {
            document = try YAMLParser.document(in: text, file: "patch").value
        } catch {
            throw Failure.message(
                "unable to parse \"\(text)\": yaml: line \(error.line): \(error.reason)",
                hint: Localized(
                    ko: "패치 전체를 작은따옴표로 감쌌는지 보세요: -p '{…}'", en: "Is the whole patch in single quotes? -p '{…}'"))
        }
        switch (invocation["type"] ?? "strategic").lowercased() {
        case "strategic": return .strategic(document)
        case "merge": return .merge(document)
        case "json": return .json(document)
        case let type: throw Failure.message("--type must be one of [json merge strategic], not \"\(type)\"")
        }
    }
}
