import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl rollout`
enum RolloutVerb {
    static func command(_ kubectl: Kubectl) -> Command {
        Command(
            "rollout",
            summary: Localized(ko: "새 버전이 퍼지는 일을 살피고 다룹니다.", en: "Watches and steers how a new version spreads."),
            usage: "COMMAND (deployment NAME | deployment/NAME)",
            examples: [
                ("kubectl rollout status deployment/web", Localized(ko: "다 퍼질 때까지 보기", en: "Wait until it is through")),
                (
                    "kubectl rollout undo deployment/web",
                    Localized(ko: "앞 버전으로 되돌리기", en: "Go back to the version before")
                ),
            ],
            subcommands: [
                RolloutStatus.command(kubectl), RolloutHistory.command(kubectl), RolloutUndo.command(kubectl),
                RolloutRestart.command(kubectl), RolloutPause.pause(kubectl), RolloutPause.resume(kubectl),
            ])
    }

    /// The Deployments that a `rollout` is about.
    static func deployments(_ call: Call, noun: String) async throws -> Selected {
        let arguments = call.invocation.allArguments
        if arguments.isEmpty, !call.invocation.has("filename") {
            throw Failure.message(
                "required resource not specified",
                hint: Localized(ko: "예: deployment/web", en: "As in deployment/web"))
        }
        let selected = try await call.targets(arguments, wholeKinds: true)
        if let other = selected.targets.first(where: { $0.resource != .deployments }) {
            throw Failure.message("no \(noun) has been implemented for \"\(other.resource.kind)\"")
        }
        return selected
    }

    static func command(
        _ kubectl: Kubectl, _ name: String, _ summary: Localized, flags: [Flag] = [],
        examples: [(command: String, explanation: Localized)],
        _ body: @escaping @Sendable (Call) async throws -> Void
    ) -> Command {
        Command(
            name, summary: summary, usage: "(deployment NAME | deployment/NAME) [flags]", examples: examples,
            flags: flags + [SharedFlags.selector] + SharedFlags.files,
            completeArgument: Completions(kubectl).kinds([.deployments]), run: kubectl.perform(body))
    }
}
