import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl set`
enum SetVerb {
    static func command(_ kubectl: Kubectl) -> Command {
        Command(
            "set", summary: Localized(ko: "오브젝트의 한 부분만 바꿉니다.", en: "Changes one part of an object."),
            usage: "COMMAND",
            examples: [
                (
                    "kubectl set image deployment/web web=busybox:1.36",
                    Localized(ko: "새 이미지로 (새 버전을 퍼뜨립니다)", en: "A new image, which rolls out a new version")
                )
            ],
            subcommands: [SetImage.command(kubectl), SetEnv.command(kubectl), SetResources.command(kubectl)])
    }

    static var flags: [Flag] {
        [
            SharedFlags.all("그 종류 모두", "all of the kind"), SharedFlags.selector, SharedFlags.dryRun,
            SharedFlags.output, SharedFlags.fieldManager,
        ] + SharedFlags.files
    }

    /// The arguments that name resources, and those with `=` or a trailing `-` that say what to change.
    static func split(_ arguments: [String]) -> (resources: [String], changes: [String]) {
        let isChange = { (argument: String) in argument.contains("=") || (argument.hasSuffix("-") && argument.count > 1)
        }
        let first = arguments.firstIndex(where: isChange) ?? arguments.count
        return (Array(arguments[..<first]), Array(arguments[first...]))
    }

    /// Where the containers of an object are: its own, or its template's.
    static func podSpecPath(_ resource: APIResource) throws -> [String] {
        switch resource {
        case .pods: return ["spec"]
        case .deployments, .replicaSets: return ["spec", "template", "spec"]
        default:
            throw Failure.message("the object is not a pod or does not have a pod template: \(resource.kind)")
        }
    }

    /// Changes containers of the selected objects.
    /// - Parameters:
    ///   - operation: what is said about an object that was changed
    ///   - change: what a container becomes; nil where it stays
    static func changeContainers(
        _ call: Call, _ resources: [String], _ operation: String,
        _ change: (KubernetesObject, [JSONValue]) throws -> [JSONValue?]
    ) async throws {
        if resources.isEmpty, !call.invocation.has("filename") {
            throw Failure.message("one or more resources must be specified as <resource> <name> or <resource>/<name>")
        }
        let selected = try await call.targets(resources)
        var changer = try Changer(call, manager: "kubectl-set")
        try await call.forEach(selected) { target in
            let object = try await call.fetch(target)
            let path = try podSpecPath(target.resource)
            let containers = object.document.at(path + ["containers"])?.array ?? []
            let changed = try change(object, containers)
            var patch: JSONValue = [:]
            patch.set((path + ["containers"])[...], to: .array(changed.compactMap(\.self)))
            // Without a change kubectl says nothing.
            if changed.allSatisfy({ $0 == nil }) { return }
            let result = try await changer.change(target, object, .strategic(patch))
            try await changer.report(target, result, operation)
        }
    }
}
