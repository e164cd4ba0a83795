import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl rollout history`
enum RolloutHistory {
    static func command(_ kubectl: Kubectl) -> Command {
        RolloutVerb.command(
            kubectl, "history", Localized(ko: "지난 리비전을 보여 줍니다.", en: "Shows past revisions."),
            flags: [
                Flag(
                    "revision", .integer, placeholder: "N",
                    summary: Localized(ko: "이 리비전의 속", en: "what is in this revision"),
                    fallback: "0"), SharedFlags.output,
            ],
            examples: [
                ("kubectl rollout history deployment/web", Localized(ko: "모든 리비전", en: "All revisions")),
                ("kubectl rollout history deployment/web --revision=2", Localized(ko: "두 번째의 속", en: "The second one")),
            ]
        ) { call in
            let revision = call.invocation.integer("revision") ?? 0
            if revision < 0 { throw Failure.message("revision must be a positive integer: \(revision)") }
            let selected = try await RolloutVerb.deployments(call, noun: "history viewer")
            var printer = try ObjectPrinter(OutputFormat(call))
            try await call.forEach(selected) { target in
                let object = try await call.fetch(target)
                let sets = try await Revisions(call: call, deployment: object).all
                if revision > 0, !sets.contains(where: { Revisions.revision($0) == revision }) {
                    throw Failure.message("unable to find the specified revision", hint: known(sets))
                }
                let shown = revision > 0 ? sets.filter { Revisions.revision($0) == revision } : sets
                guard printer.format == .human else {
                    for set in shown { try await call.write(printer.text(set.document)) }
                    return
                }
                if revision > 0, let set = shown.first {
                    try await call.print("\(target.shown) with revision #\(revision)")
                    try await call.print(self.template(set))
                } else {
                    try await call.print("\(target.shown) ")
                    try await call.print(table(shown))
                }
            }
        }
    }

    static func known(_ sets: [KubernetesObject]) -> Localized {
        let list = sets.map { String(Revisions.revision($0)) }.joined(separator: ", ")
        return Localized(ko: "있는 리비전: \(list)", en: "The revisions that are known: \(list)")
    }

    private static func table(_ sets: [KubernetesObject]) -> String {
        if sets.isEmpty { return "No rollout history found." }
        var tabs = ElasticTabs()
        tabs.write("REVISION\tCHANGE-CAUSE\n")
        for set in sets {
            tabs.write("\(Revisions.revision(set))\t\(set.annotations[Revisions.cause] ?? "<none>")\n")
        }
        return tabs.text()
    }

    /// A revision's template. kubectl lays this one out with bare tabs.
    static func template(_ set: KubernetesObject) -> String {
        var template = set.spec["template"] ?? [:]
        if let cause = set.annotations[Revisions.cause] {
            template.set("metadata", "annotations", Revisions.cause, to: .string(cause))
        }
        var description = Description(alignsColumns: false)
        description.podTemplate(template)
        return description.text
    }
}
