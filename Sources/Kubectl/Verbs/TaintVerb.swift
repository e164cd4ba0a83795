import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl taint`
enum TaintVerb {
    static func command(_ kubectl: Kubectl) -> Command {
        Command(
            "taint", summary: Localized(ko: "노드가 어떤 파드를 꺼릴지 정합니다.", en: "Marks a node so that it repels pods."),
            usage: "nodes NODE… KEY[=VALUE]:EFFECT… KEY[:EFFECT]-…",
            examples: [
                (
                    "kubectl taint nodes node-1 disk=slow:NoSchedule",
                    Localized(ko: "참지 못하는 파드는 오지 않게", en: "Pods that do not tolerate it stay away")
                ),
                ("kubectl taint nodes node-1 disk-", Localized(ko: "지우기", en: "Take it off")),
            ],
            flags: [
                Flag("overwrite", summary: Localized(ko: "있던 것을 바꿉니다", en: "replaces what is there")),
                SharedFlags.all("모든 노드", "all nodes"), SharedFlags.selector, SharedFlags.dryRun, SharedFlags.output,
            ],
            completeArgument: { invocation, index, prefix in
                index == 0
                    ? [Completion("nodes"), Completion("node")]
                    : await Completions(kubectl).names(of: .nodes, invocation)
            },
            run: kubectl.perform { try await run($0) })
    }

    private static func run(_ call: Call) async throws {
        let arguments = call.invocation.allArguments
        let isChange = { (text: String) in text.contains(":") || text.contains("=") || text.hasSuffix("-") }
        let first = arguments.firstIndex(where: isChange) ?? arguments.count
        let (resources, changes) = (Array(arguments[..<first]), Array(arguments[first...]))
        guard let type = resources.first else {
            throw Failure.message("one or more resources must be specified as <resource> <name>")
        }
        guard !changes.isEmpty else { throw Failure.message("at least one taint update is required") }
        let kind = try ResourceArguments.parse([type])[0].resource
        guard kind == .nodes else {
            throw Failure.message("invalid resource type \(type), only node types are supported")
        }
        let edit = try TaintEdit(changes)
        if resources.count == 1, !type.contains("/"), !call.invocation.isOn("all"), !call.invocation.has("selector") {
            throw Failure.message("at least one resource name must be specified since 'all' parameter is not set")
        }
        let selected = try await call.targets(resources)
        var changer = try Changer(call, manager: "kubectl-taint")
        try await call.forEach(selected) { target in
            let node = try await call.fetch(target)
            let (taints, operation) = try edit.apply(to: node, overwrite: call.invocation.isOn("overwrite"))
            // The whole list is replaced, if nobody else has changed the node meanwhile.
            let patch: JSONValue = [
                "metadata": ["resourceVersion": .string(node.resourceVersion)],
                "spec": ["taints": taints.isEmpty ? .null : .array(taints)],
            ]
            let result = try await changer.change(target, node, .merge(patch))
            try await changer.report(target, result, operation)
        }
    }
}

/// `a=b:NoSchedule c-`
private struct TaintEdit {
    var added: [Taint] = []
    var removed: [Taint] = []

    init(_ changes: [String]) throws {
        for change in changes {
            if change.hasSuffix("-") {
                removed.append(try Self.taint(String(change.dropLast())))
            } else {
                let taint = try Self.taint(change)
                guard !taint.effect.isEmpty else { throw Self.invalid(change) }
                if added.contains(where: { $0.key == taint.key && $0.effect == taint.effect }) {
                    throw Failure.message("duplicated taints with the same key and effect: \(taint)")
                }
                added.append(taint)
            }
        }
        let both = removed.filter { gone in
            added.contains { $0.key == gone.key && (gone.effect.isEmpty || $0.effect == gone.effect) }
        }
        guard both.isEmpty else {
            throw Failure.message(
                "can not both modify and remove the following taint(s) in the same command: "
                    + both.map { "\($0.key)=\($0.effect)" }.joined(separator: ", "))
        }
    }

    private static func invalid(_ text: String) -> Failure {
        let hint = Localized(
            ko: "키=값:효과 로 적으세요. 효과는 NoSchedule, PreferNoSchedule, NoExecute 가운데 하나입니다.",
            en: "Write KEY=VALUE:EFFECT, where EFFECT is NoSchedule, PreferNoSchedule or NoExecute.")
        return .message("invalid taint spec: \(text)", hint: hint)
    }

    private static func taint(_ text: String) throws -> Taint {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let sides = parts[0].split(separator: "=", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, sides.count <= 2, !sides[0].isEmpty, parts.count == 2 || sides.count == 1 else {
            throw invalid(text)
        }
        let effect = parts.count == 2 ? parts[1] : ""
        if parts.count == 2, !["NoSchedule", "PreferNoSchedule", "NoExecute"].contains(effect) {
            let near = Suggestion.nearest(to: effect, in: ["NoSchedule", "PreferNoSchedule", "NoExecute"])
            throw Failure.message(
                "invalid taint effect: \(effect), unsupported taint effect",
                hint: near.map { Localized(ko: "혹시 \($0) 인가요?", en: "Did you mean \($0)?") })
        }
        return Taint(key: sides[0], value: sides.count == 2 ? sides[1] : "", effect: effect)
    }

    /// - Returns: the taints afterwards, and what is said about it.
    func apply(to node: KubernetesObject, overwrite: Bool) throws -> ([JSONValue], String) {
        let old = node.spec["taints"]?.array ?? []
        func matches(_ document: JSONValue, _ taint: Taint) -> Bool {
            document.text("key") == taint.key && (taint.effect.isEmpty || document.text("effect") == taint.effect)
        }
        if !overwrite {
            let clashes = added.filter { new in
                old.contains { matches($0, new) && $0.text("value") != new.value }
            }
            if !clashes.isEmpty {
                let list = clashes.map { "{\"key\":\"\($0.key)\",\"effect\":\"\($0.effect)\"}" }.joined(separator: ",")
                throw Failure.message(
                    "node \(node.name) already has [\(list)] taint(s) with same effect(s) and --overwrite is false",
                    hint: Localized(ko: "바꾸려면 --overwrite 를 붙이세요.", en: "Add --overwrite to change it."))
            }
        }
        for gone in removed where !old.contains(where: { matches($0, gone) }) {
            throw Failure.message("taint \"\(gone)\" not found")
        }
        var taints = added.map { taint in
            var document: JSONValue = ["effect": .string(taint.effect), "key": .string(taint.key)]
            if !taint.value.isEmpty { document["value"] = .string(taint.value) }
            return document
        }
        taints += old.filter { taint in !(added + removed).contains { matches(taint, $0) } }
        let isModified = overwrite || (!added.isEmpty && !removed.isEmpty)
        return (taints, isModified ? "modified" : added.isEmpty ? "untainted" : "tainted")
    }
}
