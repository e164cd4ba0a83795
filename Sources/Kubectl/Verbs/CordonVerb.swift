import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl cordon` and `uncordon`
enum CordonVerb {
    static func cordon(_ kubectl: Kubectl) -> Command {
        command(
            kubectl, "cordon", isUnschedulable: true,
            Localized(ko: "노드에 새 파드를 놓지 않게 합니다.", en: "Keeps new pods off a node."))
    }

    static func uncordon(_ kubectl: Kubectl) -> Command {
        command(
            kubectl, "uncordon", isUnschedulable: false,
            Localized(ko: "노드에 다시 새 파드를 놓게 합니다.", en: "Lets new pods on a node again."))
    }

    private static func command(_ kubectl: Kubectl, _ name: String, isUnschedulable: Bool, _ summary: Localized)
        -> Command
    {
        Command(
            name, summary: summary, usage: "NODE…",
            examples: [("kubectl \(name) node-1", Localized(ko: "노드 하나", en: "One node"))],
            flags: [SharedFlags.selector, SharedFlags.dryRun],
            completeArgument: Completions(kubectl).names(of: .nodes, atMost: .max),
            run: kubectl.perform { call in
                var changer = try Changer(call, manager: "kubectl-\(name)")
                let selected = try await nodes(call, name)
                try await call.forEach(selected) {
                    try await set(call, $0, isUnschedulable: isUnschedulable, &changer)
                }
            })
    }

    /// The nodes a call names by name or label.
    static func nodes(_ call: Call, _ verb: String) async throws -> Selected {
        let arguments = call.invocation.allArguments
        let selects = call.invocation.has("selector")
        if arguments.isEmpty, !selects { throw Failure.usage("USAGE: \(verb) NODE [flags]") }
        if !arguments.isEmpty, selects {
            throw Failure.usage("error: cannot specify both a node name and a --selector option")
        }
        if selects { return try await call.targets(["nodes"]) }
        let names = try arguments.map { argument in
            guard argument.contains("/") else { return argument }
            let item = try ResourceArguments.parse([argument])[0]
            guard item.resource == .nodes, let name = item.name else {
                throw Failure.message("error: expected resource of type node, got \"\(item.resource.plural)\"")
            }
            return name
        }
        return Selected(targets: names.map { Target(resource: .nodes, namespace: nil, name: $0) }, errors: [])
    }

    static func set(_ call: Call, _ target: Target, isUnschedulable: Bool, _ changer: inout Changer) async throws {
        let node = try await call.fetch(target)
        let word = isUnschedulable ? "cordoned" : "uncordoned"
        guard node.spec["unschedulable"]?.bool ?? false != isUnschedulable else {
            return try await changer.report(target, node, "already \(word)")
        }
        let value: JSONValue = isUnschedulable ? true : .null
        let result = try await changer.change(target, node, .strategic(["spec": ["unschedulable": value]]))
        try await changer.report(target, result, word)
    }
}
