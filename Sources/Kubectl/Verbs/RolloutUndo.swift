import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl rollout undo`
enum RolloutUndo {
    static func command(_ kubectl: Kubectl) -> Command {
        RolloutVerb.command(
            kubectl, "undo", Localized(ko: "앞 리비전으로 되돌립니다.", en: "Goes back to an earlier revision."),
            flags: [
                Flag(
                    "to-revision", .integer, placeholder: "N",
                    summary: Localized(ko: "이 리비전으로 (0: 바로 앞)", en: "to this revision (0: the one before)"),
                    fallback: "0"),
                SharedFlags.dryRun, SharedFlags.output,
            ],
            examples: [
                ("kubectl rollout undo deployment/web", Localized(ko: "바로 앞으로", en: "To the one before")),
                (
                    "kubectl rollout undo deployment/web --to-revision=2",
                    Localized(ko: "두 번째로", en: "To the second one")
                ),
            ]
        ) { call in
            let selected = try await RolloutVerb.deployments(call, noun: "rollbacker")
            var changer = try Changer(call, manager: "kubectl-rollout")
            try await call.forEach(selected) { try await undo(call, $0, &changer) }
        }
    }

    /// Annotations that stay as the Deployment has them.
    private static let kept = [
        LastApplied.key, Revisions.annotation, "deployment.kubernetes.io/revision-history",
        "deployment.kubernetes.io/desired-replicas", "deployment.kubernetes.io/max-replicas",
        "deprecated.deployment.rollback.to",
    ]

    private static func undo(_ call: Call, _ target: Target, _ changer: inout Changer) async throws {
        let deployment = try await call.fetch(target)
        let wanted = call.invocation.integer("to-revision") ?? 0
        let set = try await replicaSet(call, deployment, wanted)
        if changer.dryRun == .client {
            try await call.write("\(target.shown) \(RolloutHistory.template(set)) (dry run)\n")
            return
        }
        if deployment.spec["paused"]?.bool ?? false {
            throw Failure.message(
                "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again")
        }
        guard Revisions.template(set) != Revisions.template(deployment) else {
            return try await changer.report(
                target, deployment, "skipped rollback (current template already matches revision \(wanted))")
        }
        var annotations = deployment.annotations.filter { kept.contains($0.key) }
        annotations.merge(set.annotations.filter { !kept.contains($0.key) }) { $1 }
        let members = annotations.sorted { $0.key < $1.key }.map { (key: $0.key, value: JSONValue.string($0.value)) }
        let patch: JSONValue = [
            ["op": "replace", "path": "/spec/template", "value": Revisions.template(set)],
            ["op": "add", "path": "/metadata/annotations", "value": .object(JSONObject(members))],
        ]
        let result = try await changer.change(target, deployment, .json(patch))
        try await changer.report(target, result, "rolled back")
    }

    private static func replicaSet(_ call: Call, _ deployment: KubernetesObject, _ revision: Int) async throws
        -> KubernetesObject
    {
        let sets = try await Revisions(call: call, deployment: deployment).all
        if revision != 0 {
            guard let set = sets.first(where: { Revisions.revision($0) == revision }) else {
                throw Failure.message(
                    "unable to find specified revision \(revision) in history", hint: RolloutHistory.known(sets))
            }
            return set
        }
        guard sets.count > 1 else {
            throw Failure.message("no rollout history found for deployment \"\(deployment.name)\"")
        }
        return sets[sets.count - 2]
    }
}
