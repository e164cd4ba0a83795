import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl scale`
enum ScaleVerb {
    static func command(_ kubectl: Kubectl) -> Command {
        Command(
            "scale", summary: Localized(ko: "파드 수를 바꿉니다.", en: "Changes the number of pods."),
            usage: "--replicas=N (TYPE NAME… | TYPE/NAME… | -f FILE) [flags]",
            examples: [
                ("kubectl scale deployment web --replicas=5", Localized(ko: "다섯으로", en: "To five")),
                (
                    "kubectl scale deploy/web --current-replicas=2 --replicas=3",
                    Localized(ko: "지금 둘일 때만", en: "Only if there are two now")
                ),
            ],
            flags: [
                Flag(
                    "replicas", .integer, placeholder: "N",
                    summary: Localized(ko: "원하는 파드 수", en: "how many are wanted")),
                Flag(
                    "current-replicas", .integer, placeholder: "N",
                    summary: Localized(ko: "지금 이 수일 때만", en: "only if there are so many now"), fallback: "-1"),
                Flag(
                    "resource-version", .text, placeholder: "VERSION",
                    summary: Localized(ko: "이 판일 때만", en: "only if this is its version")),
                SharedFlags.all("그 종류 모두", "all of the kind"), SharedFlags.selector,
                SharedFlags.timeout(Localized(ko: "그 수가 되기를 기다릴 시간", en: "how long to wait for it")),
                SharedFlags.dryRun, SharedFlags.output,
            ] + SharedFlags.files,
            completeArgument: Completions(kubectl).kinds([.deployments, .replicaSets]),
            run: kubectl.perform { try await run($0) })
    }

    private static func run(_ call: Call) async throws {
        guard call.invocation.has("replicas") else {
            throw Failure.line(
                "error: required flag(s) \"replicas\" not set",
                hint: Localized(ko: "예: --replicas=3", en: "As in --replicas=3"))
        }
        let replicas = call.invocation.integer("replicas") ?? -1
        guard replicas >= 0 else {
            throw Failure.message(
                "The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0")
        }
        let current = call.invocation.integer("current-replicas") ?? -1
        if current < -1 { throw Failure.message("The --current-replicas must specify an integer of -1 or greater") }
        let selected = try await call.targets(call.invocation.allArguments)
        if selected.targets.isEmpty, selected.errors.isEmpty { throw Failure.message("no objects passed to scale") }
        var changer = try Changer(call, manager: "kubectl-scale")
        try await call.forEach(selected) { target in
            let object = try await call.fetch(target)
            guard object.spec["replicas"] != nil else {
                throw Failure.message(
                    "the server could not find the requested resource",
                    hint: Localized(
                        ko: "\(target.resource.plural) 은(는) 수를 바꿀 수 있는 종류가 아닙니다.",
                        en: "\(target.resource.plural) cannot be scaled."))
            }
            if current >= 0, object.spec["replicas"]?.int != current {
                throw Failure.message(
                    "Expected replicas to be \(current), was \(object.spec["replicas"]?.int ?? 0)")
            }
            var patch: JSONValue = ["spec": ["replicas": .integer(replicas)]]
            if current >= 0 || call.invocation.has("resource-version") {
                // Nobody may have changed it since it was looked at.
                let version = call.invocation["resource-version"] ?? object.resourceVersion
                patch["metadata"] = ["resourceVersion": .string(version)]
            }
            let result = try await changer.change(target, object, .merge(patch))
            try await changer.report(target, result, "scaled")
            if let limit = try call.duration("timeout"), limit > .zero, changer.dryRun == .none {
                let isDone = try await call.waitFor(target, limit: limit) { object in
                    object?.status["replicas"]?.int ?? 0 == replicas
                }
                if !isDone { throw Failure.message("timed out waiting for \"\(target.name)\" to be synced") }
            }
        }
    }
}
