import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl create`
enum CreateVerb {
    static func command(_ kubectl: Kubectl) -> Command {
        Command(
            "create",
            summary: Localized(
                ko: "파일이나 명령줄로 오브젝트를 만듭니다.", en: "Creates an object from a file or from the command line."),
            usage: "-f FILE [flags]",
            examples: [
                ("kubectl create -f web.yaml", Localized(ko: "파일에 적힌 대로", en: "As a file says")),
                (
                    "kubectl create deployment web --image=busybox -- sleep 1d",
                    Localized(ko: "디플로이먼트를 바로", en: "A deployment without a file")
                ),
                (
                    "kubectl create deployment web --image=busybox --dry-run=client -o yaml",
                    Localized(ko: "만들지 않고 YAML 만 얻기", en: "Only the YAML, creating nothing")
                ),
            ],
            flags: commonFlags + SharedFlags.files,
            subcommands: [
                CreateDeployment.command(kubectl), CreateConfigMap.command(kubectl), CreateService.command(kubectl),
                CreateNamespace.command(kubectl),
            ],
            run: kubectl.perform { try await createFromFiles($0) })
    }

    static var commonFlags: [Flag] {
        [
            SharedFlags.dryRun, SharedFlags.output, SharedFlags.fieldManager,
            Flag(
                "save-config",
                summary: Localized(ko: "다음 apply 를 위해 지금 모습을 적어 둡니다", en: "notes the configuration for a later apply")),
            Flag(
                "validate", .optionalText(implied: "strict"), placeholder: "strict|warn|ignore",
                summary: Localized(ko: "모르는 필드를 어떻게 할지", en: "what to do about unknown fields"), fallback: "strict"),
        ]
    }

    private static func createFromFiles(_ call: Call) async throws {
        let arguments = call.invocation.allArguments
        guard arguments.isEmpty else {
            let kinds = ["deployment", "configmap", "service", "namespace"]
            if let near = Suggestion.nearest(to: arguments[0], in: kinds) {
                call.complain(
                    Localized(ko: "혹시 kubectl create \(near) 인가요?", en: "Did you mean kubectl create \(near)?")(
                        call.context.language))
            }
            throw Failure.usage("Unexpected args: [\(arguments.joined(separator: " "))]")
        }
        guard call.invocation.has("filename") else {
            throw Failure.message(
                "must specify one of -f and -k",
                hint: Localized(
                    ko: "파일이면 -f 파일, 아니면 kubectl create --help 를 보세요.",
                    en: "Name a file with -f, or see kubectl create --help."))
        }
        var printer = try ResultPrinter(call, dryRun: DryRun(call))
        let selected = try await call.targets([])
        if selected.targets.isEmpty, selected.errors.isEmpty { throw Failure.message("no objects passed to create") }
        try await call.forEach(selected) { target in
            guard let object = target.object else { return }
            do {
                let created = try await create(call, target.resource, object)
                try await printer.report(target.resource, created, "created")
            } catch let status as Status {
                throw Failure.fromFile(status, verb: "creating", source: target.source ?? "")
            }
        }
    }

    /// Creates the object, unless only the client tries.
    static func create(_ call: Call, _ resource: APIResource, _ object: KubernetesObject) async throws
        -> KubernetesObject
    {
        let dryRun = try DryRun(call)
        var object = object
        if call.invocation.isOn("save-config") { object = LastApplied.annotated(object) }
        if dryRun == .client { return object }
        return try await call.client.create(
            resource, namespace: resource.isNamespaced ? object.namespace : nil, object,
            WriteOptions(
                dryRun: dryRun == .server, strictFields: (call.invocation["validate"] ?? "strict") == "strict",
                fieldManager: call.invocation["field-manager"] ?? "kubectl-create"))
    }

    /// Creates a generated object and tells about it. In a client's dry run the namespace is shown only where it was
    /// given.
    static func createGenerated(
        _ call: Call, _ resource: APIResource, _ object: KubernetesObject, failure: String? = nil
    ) async throws {
        var object = object
        let dryRun = try DryRun(call)
        if resource.isNamespaced, dryRun != .client || call.isNamespaceExplicit { object.namespace = call.namespace }
        var printer = try ResultPrinter(call, dryRun: dryRun)
        do {
            let created = try await create(call, resource, object)
            try await printer.report(resource, created, "created")
        } catch let status as Status {
            guard let failure else { throw status }
            throw Failure.message("\(failure): \(status.message)", hint: await Hints(call: call).hint(for: status))
        }
    }

    /// The one NAME a `create KIND` takes.
    static func name(_ call: Call) throws -> String {
        let arguments = call.invocation.arguments
        guard arguments.count == 1 else { throw Failure.usage("exactly one NAME is required, got \(arguments.count)") }
        return arguments[0]
    }
}

/// The annotation by which `apply` knows what a manifest said the last time.
enum LastApplied {
    static let key = "kubectl.kubernetes.io/last-applied-configuration"

    /// The object with itself noted in it.
    static func annotated(_ object: KubernetesObject) -> KubernetesObject {
        var plain = object
        plain.annotations[key] = nil
        if plain.document.at("metadata", "annotations") == nil {
            // Go writes the empty map too, and apply compares texts by it.
            plain.metadata["annotations"] = [:]
        }
        var annotated = object
        annotated.annotations[key] = plain.document.sorted.jsonText + "\n"
        return annotated
    }
}
