import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl apply`
enum ApplyVerb {
    static func command(_ kubectl: Kubectl) -> Command {
        Command(
            "apply",
            summary: Localized(
                ko: "파일에 적힌 상태가 되게 합니다. 없으면 만들고, 있으면 고칩니다.",
                en: "Makes things as a file says: creates what is not there, changes what is."),
            usage: "-f FILE [flags]",
            examples: [
                ("kubectl apply -f web.yaml", Localized(ko: "파일 하나", en: "One file")),
                ("kubectl apply -f manifests/", Localized(ko: "디렉터리의 모든 YAML", en: "All YAML files of a directory")),
                ("cat web.yaml | kubectl apply -f -", Localized(ko: "표준 입력에서", en: "From standard input")),
            ],
            flags: SharedFlags.files + [
                SharedFlags.dryRun, SharedFlags.output, SharedFlags.fieldManager,
                Flag(
                    "validate", .optionalText(implied: "strict"), placeholder: "strict|warn|ignore",
                    summary: Localized(ko: "모르는 필드를 어떻게 할지", en: "what to do about unknown fields"),
                    fallback: "strict"),
                Flag("server-side", summary: Localized(""), isHidden: true),
                Flag("prune", summary: Localized(""), isHidden: true),
                Flag(
                    "force",
                    summary: Localized(ko: "고칠 수 없으면 지우고 다시 만듭니다", en: "deletes and makes again what cannot be changed")
                ),
            ],
            run: kubectl.perform { try await Applier($0).run() })
    }
}

/// Applies manifests by a three-way merge of what was applied last, what is applied now and what is there.
struct Applier {
    let call: Call
    private let dryRun: DryRun

    init(_ call: Call) throws {
        self.call = call
        dryRun = try DryRun(call)
    }

    func run() async throws {
        let invocation = call.invocation
        if !invocation.allArguments.isEmpty {
            throw Failure.usage("Unexpected args: [\(invocation.allArguments.joined(separator: " "))]")
        }
        for flag in ["server-side", "prune"] where invocation.isOn(flag) {
            throw Failure.message(
                "--\(flag) is not supported here",
                hint: Localized(
                    ko: "--\(flag) 없이 apply 하면 클라이언트 쪽 병합으로 같은 일을 합니다.",
                    en: "apply without --\(flag) merges on the client's side."))
        }
        guard invocation.has("filename") else {
            throw Failure.message(
                "must specify one of -f and -k",
                hint: Localized(ko: "예: kubectl apply -f web.yaml", en: "As in kubectl apply -f web.yaml"))
        }
        let selected = try await call.targets([])
        if selected.targets.isEmpty, selected.errors.isEmpty { throw Failure.message("no objects passed to apply") }
        var printer = try ResultPrinter(call, dryRun: dryRun)
        var results: [KubernetesObject] = []
        var outcome: (any Error)?
        do {
            try await call.forEach(selected) { target in
                let (object, operation) = try await apply(target)
                results.append(object)
                if printer.isHuman { try await printer.report(target.resource, object, operation) }
            }
        } catch {
            outcome = error
        }
        if !printer.isHuman, !results.isEmpty { try await printer.reportTogether(results) }
        if let outcome { throw outcome }
    }

    private func apply(_ target: Target) async throws -> (KubernetesObject, String) {
        guard let manifest = target.object else { throw Failure.message("no objects passed to apply") }
        let source = target.source ?? ""
        let current: KubernetesObject
        do {
            current = try await call.fetch(target)
        } catch let status as Status where status.reason == .notFound {
            return (try await create(target, manifest, source), "created")
        }
        if dryRun == .client { return (current, "configured") }
        if current.annotations[LastApplied.key] == nil {
            call.warn(
                "resource \(target.resource.plural)/\(target.name) is missing the \(LastApplied.key) annotation which "
                    + "is required by kubectl apply. kubectl apply should only be used on resources created "
                    + "declaratively by either kubectl create --save-config or kubectl apply. The missing annotation "
                    + "will be patched automatically.")
        }
        let patch = Self.patch(target.resource, manifest: manifest, current: current)
        if patch.object?.isEmpty ?? true { return (current, "unchanged") }
        do {
            let result = try await call.client.patch(
                target.resource, namespace: target.namespace, name: target.name, .strategic(patch), subresource: nil,
                options)
            if result.isBeingDeleted {
                call.warn("Detected changes to resource \(target.name) which is currently being deleted.")
            }
            // What the server leaves as it was counts as unchanged too.
            return (result, result.resourceVersion == current.resourceVersion ? "unchanged" : "configured")
        } catch {
            guard call.invocation.isOn("force"), error.reason == .invalid || error.reason == .conflict else {
                throw Failure.fromFile(
                    error, verb: "applying patch:\n\(patch.jsonText)\nto:\n\(Self.description(target))\nfor:",
                    source: source)
            }
            return (try await replace(target, manifest, source), "configured")
        }
    }

    private static func description(_ target: Target) -> String {
        let resource = target.resource
        let version = "\(resource.apiVersion), Resource=\(resource.plural)"
        return "Resource: \"\(version)\", GroupVersionKind: \"\(resource.apiVersion), Kind=\(resource.kind)\"\n"
            + "Name: \"\(target.name)\", Namespace: \"\(target.namespace ?? "")\""
    }

    /// What has to change in the live object.
    static func patch(_ resource: APIResource, manifest: KubernetesObject, current: KubernetesObject) -> JSONValue {
        let original = current.annotations[LastApplied.key].flatMap { try? JSONValue(parsing: $0) }
        let modified = LastApplied.annotated(manifest)
        return ThreeWayMerge.strategicPatch(
            original: original, modified: modified.document, current: current.document,
            schema: Schema.patchSchema(of: resource))
    }

    private var options: WriteOptions {
        WriteOptions(
            dryRun: dryRun == .server, strictFields: (call.invocation["validate"] ?? "strict") == "strict",
            fieldManager: call.invocation["field-manager"] ?? "kubectl-client-side-apply")
    }

    private func create(_ target: Target, _ manifest: KubernetesObject, _ source: String) async throws
        -> KubernetesObject
    {
        let object = LastApplied.annotated(manifest)
        if dryRun == .client { return object }
        do {
            return try await call.client.create(target.resource, namespace: target.namespace, object, options)
        } catch {
            throw Failure.fromFile(error, verb: "creating", source: source)
        }
    }

    private func replace(_ target: Target, _ manifest: KubernetesObject, _ source: String) async throws
        -> KubernetesObject
    {
        let old = try await call.client.delete(
            target.resource, namespace: target.namespace, name: target.name, DeleteOptions(gracePeriodSeconds: 0))
        _ = try await call.waitFor(target, limit: .seconds(300)) { $0?.uid != old.uid }
        return try await create(target, manifest, source)
    }
}
