import Commands
import Documents
import KubernetesAPI
import Synchronization
import Terminal

/// `kubectl rollout status`
enum RolloutStatus {
    static func command(_ kubectl: Kubectl) -> Command {
        RolloutVerb.command(
            kubectl, "status", Localized(ko: "다 퍼질 때까지 지켜봅니다.", en: "Watches until the rollout is finished."),
            flags: [
                Flag(
                    "watch", short: "w", summary: Localized(ko: "끝날 때까지 봅니다", en: "watches to its end"),
                    fallback: "true"),
                Flag(
                    "revision", .integer, placeholder: "N",
                    summary: Localized(ko: "이 리비전일 때만", en: "only this revision"),
                    fallback: "0"),
                SharedFlags.timeout(Localized(ko: "기다릴 시간", en: "how long to wait")),
            ],
            examples: [("kubectl rollout status deployment/web", Localized(ko: "디플로이먼트 하나", en: "One deployment"))]
        ) { call in
            let revision = call.invocation.integer("revision") ?? 0
            if revision < 0 { throw Failure.message("revision must be a positive integer: \(revision)") }
            let selected = try await RolloutVerb.deployments(call, noun: "status viewer")
            if selected.targets.isEmpty, selected.errors.isEmpty {
                call.complain("No resources found in \(call.namespace) namespace.")
            }
            try await call.forEach(selected) { try await watch(call, $0, revision) }
        }
    }

    private static func watch(_ call: Call, _ target: Target, _ revision: Int) async throws {
        let list = try await call.client.list(
            target.resource, namespace: target.namespace,
            ListOptions(fieldSelector: .equals("metadata.name", target.name)))
        guard let object = list.items.first else {
            // In the server's words.
            _ = try await call.fetch(target)
            return
        }
        var lines = try line(object, revision)
        try await call.print(lines.text)
        if lines.isDone || !call.invocation.isOn("watch") { return }
        let options = ListOptions(
            fieldSelector: .equals("metadata.name", target.name), resourceVersion: list.resourceVersion)
        let limit = try call.duration("timeout").flatMap { $0 == .zero ? nil : $0 }
        let isDone = try await call.withLimit(limit) {
            let isDone = Mutex(false)
            try await call.follow(target.resource, target.namespace, options) { event in
                if case .deleted = event { throw Failure.message("object has been deleted") }
                guard let object = event.object else { return true }
                let lines = try line(object, revision)
                try await call.print(lines.text)
                if lines.isDone { isDone.withLock { $0 = true } }
                return !lines.isDone
            }
            return isDone.withLock { $0 }
        }
        lines.isDone = isDone
        if !isDone { throw Failure.message("timed out waiting for the condition") }
    }

    /// How far a Deployment is.
    static func line(_ object: KubernetesObject, _ revision: Int = 0) throws -> (text: String, isDone: Bool) {
        let running = Revisions.revision(object)
        if revision > 0, revision != running {
            throw Failure.message(
                "desired revision (\(revision)) is different from the running revision (\(running))")
        }
        func count(_ member: String) -> Int { object.status[member]?.int ?? 0 }
        let waiting = "Waiting for deployment \"\(object.name)\" rollout to finish:"
        guard object.generation <= count("observedGeneration") else {
            return ("Waiting for deployment spec update to be observed...", false)
        }
        if object.condition("Progressing")?.reason == "ProgressDeadlineExceeded" {
            throw Failure.message(
                "deployment \"\(object.name)\" exceeded its progress deadline",
                hint: Localized(
                    ko:
                        "새 파드가 왜 안 뜨는지 보세요: kubectl get pods, kubectl describe pod … · 되돌리기: kubectl rollout undo deployment/\(object.name)",
                    en: "See why new pods do not start: kubectl get pods, kubectl describe pod … To go back: "
                        + "kubectl rollout undo deployment/\(object.name)"))
        }
        let (updated, total, available) = (count("updatedReplicas"), count("replicas"), count("availableReplicas"))
        if let desired = object.spec["replicas"]?.int, updated < desired {
            return ("\(waiting) \(updated) out of \(desired) new replicas have been updated...", false)
        }
        if total > updated {
            return ("\(waiting) \(total - updated) old replicas are pending termination...", false)
        }
        if available < updated {
            return ("\(waiting) \(available) of \(updated) updated replicas are available...", false)
        }
        return ("deployment \"\(object.name)\" successfully rolled out", true)
    }
}
