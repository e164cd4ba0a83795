import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl describe`
enum DescribeVerb {
    static func command(_ kubectl: Kubectl) -> Command {
        Command(
            "describe",
            summary: Localized(
                ko: "한 오브젝트를 이벤트까지 자세히 풀어 보여 줍니다.", en: "Explains an object in detail, with its events."),
            usage: "(TYPE NAME… | TYPE/NAME… | TYPE -l LABELS | -f FILE) [flags]",
            examples: [
                (
                    "kubectl describe pod web",
                    Localized(ko: "파드가 왜 안 뜨는지는 끝의 Events 를 보세요", en: "Why a pod does not start: see Events at its end")
                ),
                ("kubectl describe deploy/web", Localized(ko: "디플로이먼트 하나", en: "One deployment")),
                ("kubectl describe pods -l app=web", Localized(ko: "라벨로 골라서", en: "Those with a label")),
            ],
            flags: [
                SharedFlags.selector, SharedFlags.allNamespaces,
                Flag(
                    "show-events", summary: Localized(ko: "이벤트를 보여 줍니다", en: "shows events"), fallback: "true"),
            ] + SharedFlags.files,
            completeArgument: { await Completions(kubectl).typeThenNames($0, $1, $2) },
            run: kubectl.perform { try await run($0) })
    }

    private static func run(_ call: Call) async throws {
        let arguments = call.invocation.allArguments
        if arguments.isEmpty, !call.invocation.has("filename") {
            call.complain(
                "You must specify the type of resource to describe. "
                    + "Use \"kubectl api-resources\" for a complete list of supported resources.\n")
            throw Failure.usage("Required resource not specified.")
        }
        var selected = try await call.targets(arguments, wholeKinds: true)
        if arguments.count == 2 { selected = try await withPrefixes(selected, call) }
        if selected.targets.isEmpty, selected.errors.isEmpty {
            call.complain(
                call.allNamespaces ? "No resources found" : "No resources found in \(call.namespace) namespace.")
            return
        }
        var isFirst = true
        try await call.forEach(selected) { target in
            let object = try await call.fetch(target)
            let text = try await Describer(call: call).describe(target.resource, object)
            try await call.write((isFirst ? "" : "\n\n") + text)
            isFirst = false
        }
    }

    /// A name that is not there stands for all that begin with it, as in kubectl.
    private static func withPrefixes(_ selected: Selected, _ call: Call) async throws -> Selected {
        var targets: [Target] = []
        for target in selected.targets {
            let isThere = (try? await call.fetch(target)) != nil
            let list = isThere ? nil : try? await call.client.list(target.resource, namespace: target.namespace)
            let matching = (list?.items ?? []).filter { $0.name.hasPrefix(target.name) }
            targets +=
                matching.isEmpty
                ? [target]
                : matching.map { object in
                    var other = target
                    other.name = object.name
                    return other
                }
        }
        return Selected(targets: targets, errors: selected.errors)
    }
}
