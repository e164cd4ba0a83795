import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl rollout pause` and `resume`
enum RolloutPause {
    static func pause(_ kubectl: Kubectl) -> Command {
        command(
            kubectl, "pause", isPaused: true,
            Localized(ko: "바꿔도 퍼지지 않게 멈춰 둡니다.", en: "Holds changes back until resumed."))
    }

    static func resume(_ kubectl: Kubectl) -> Command {
        command(
            kubectl, "resume", isPaused: false,
            Localized(ko: "멈춘 것을 다시 퍼지게 합니다.", en: "Lets held changes spread."))
    }

    private static func command(_ kubectl: Kubectl, _ name: String, isPaused: Bool, _ summary: Localized) -> Command {
        RolloutVerb.command(
            kubectl, name, summary, flags: [SharedFlags.dryRun, SharedFlags.output],
            examples: [("kubectl rollout \(name) deployment/web", Localized(ko: "디플로이먼트 하나", en: "One deployment"))]
        ) { call in
            let selected = try await RolloutVerb.deployments(call, noun: isPaused ? "pauser" : "resumer")
            var changer = try Changer(call, manager: "kubectl-rollout")
            try await call.forEach(selected) { target in
                let object = try await call.fetch(target)
                if object.spec["paused"]?.bool ?? false == isPaused {
                    throw Failure.message(
                        "\(target.resource.qualifiedPlural) \"\(target.name)\" is "
                            + (isPaused ? "already paused" : "not paused"))
                }
                let result = try await changer.change(target, object, .merge(["spec": ["paused": .bool(isPaused)]]))
                try await changer.report(target, result, isPaused ? "paused" : "resumed")
            }
        }
    }
}
