import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl rollout restart`
enum RolloutRestart {
    static func command(_ kubectl: Kubectl) -> Command {
        RolloutVerb.command(
            kubectl, "restart", Localized(ko: "파드를 하나씩 새로 띄웁니다.", en: "Replaces the pods by new ones, step by step."),
            flags: [SharedFlags.dryRun, SharedFlags.output],
            examples: [("kubectl rollout restart deployment/web", Localized(ko: "디플로이먼트 하나", en: "One deployment"))]
        ) { call in
            let selected = try await RolloutVerb.deployments(call, noun: "restarter")
            var changer = try Changer(call, manager: "kubectl-rollout")
            try await call.forEach(selected) { target in
                let object = try await call.fetch(target)
                if object.spec["paused"]?.bool ?? false {
                    throw Failure.message(
                        "\(target.resource.qualifiedPlural) \"\(target.name)\" can't restart paused deployment "
                            + "(run rollout resume first)")
                }
                let path = ["spec", "template", "metadata", "annotations", "kubectl.kubernetes.io/restartedAt"]
                let moment = call.now().text
                if object.document.at(path)?.string == moment {
                    throw Failure.message(
                        "failed to create patch for \(target.name): if restart has already been triggered within the "
                            + "past second, please wait before attempting to trigger another")
                }
                var patch: JSONValue = [:]
                patch.set(path[...], to: .string(moment))
                let result = try await changer.change(target, object, .strategic(patch))
                try await changer.report(target, result, "restarted")
            }
        }
    }
}
