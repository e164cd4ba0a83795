import Commands
import Documents
import KubernetesAPI
import Terminal

/// Stays with a Pod that `run -it` or `run --attach` has made: waits for it, attaches, and ends as it ends.
struct PodAttendance {
    let call: Call
    let isInteractive: Bool

    func attend(_ pod: KubernetesObject, restartPolicy: String) async throws {
        let target = Target(resource: .pods, namespace: pod.namespace, name: pod.name)
        let limit = try call.duration("pod-running-timeout") ?? .seconds(60)
        let isThere = try await call.waitFor(target, limit: limit) { pod in
            guard let pod else { throw Status.notFound(.pods, target.name) }
            return Self.isReady(pod) || Self.isOver(pod)
        }
        let current = try await call.fetch(target)
        guard isThere else {
            throw Failure.message("timed out waiting for the condition", hint: Self.reason(current))
        }
        if Self.isOver(current) {
            try await printLogs(current)
        } else {
            try await attach(current)
        }
        guard restartPolicy != "Always", !call.invocation.isOn("leave-stdin-open") else { return }
        _ = try await call.waitFor(target, limit: limit) { pod in
            guard let pod else { throw Status.notFound(.pods, target.name) }
            // With `OnFailure` a failed container starts again: whoever was attached to it has seen its end.
            return Self.isOver(pod) || Self.failure(pod) != nil
        }
        try end(try await call.fetch(target))
    }

    private func attach(_ pod: KubernetesObject) async throws {
        let attachment = Attachment(
            call: call, passesInput: isInteractive, wantsTerminal: call.invocation.isOn("tty"))
        do {
            try await attachment.run(pod)
        } catch let status as Status {
            call.complain(
                "warning: couldn't attach to pod/\(pod.name), falling back to streaming logs: \(status.message)")
            try await printLogs(pod)
        }
    }

    /// Of a Pod that was over before it could be attached to.
    private func printLogs(_ pod: KubernetesObject) async throws {
        let options = PodLogOptions(container: PodContainers(pod).ordinary.first)
        for await chunk in try await call.client.podLogs(namespace: pod.namespace, name: pod.name, options) {
            await call.context.output.send(chunk)
        }
        try Task.checkCancellation()
    }

    private func end(_ pod: KubernetesObject) throws {
        if let failure = Self.failure(pod) {
            call.complain("pod \(pod.namespace)/\(pod.name) terminated (\(failure.reason))")
            if !failure.message.isEmpty { call.complain(failure.message) }
            throw Failure.exit(failure.code)
        }
        switch pod.status["phase"]?.string ?? "" {
        case "Succeeded": return
        case "Failed":
            throw Failure.message("pod \(pod.namespace)/\(pod.name) failed with unknown exit code")
        case let phase: throw Failure.message("pod \(pod.namespace)/\(pod.name) left in phase \(phase)")
        }
    }

    /// How its container failed, now or just before it was started again.
    static func failure(_ pod: KubernetesObject) -> (code: Int32, reason: String, message: String)? {
        let status = pod.status["containerStatuses"]?[0]
        for state in ["state", "lastState"] {
            guard let end = status?.at(state, "terminated"), let code = end["exitCode"]?.int, code != 0 else {
                continue
            }
            return (Int32(truncatingIfNeeded: code), end["reason"]?.string ?? "", end["message"]?.string ?? "")
        }
        return nil
    }

    private static func isReady(_ pod: KubernetesObject) -> Bool {
        pod.status["phase"]?.string == "Running"
            && pod.conditions.contains { $0["type"]?.string == "Ready" && $0["status"]?.string == "True" }
    }

    private static func isOver(_ pod: KubernetesObject) -> Bool {
        ["Succeeded", "Failed"].contains(pod.status["phase"]?.string)
    }

    private static func reason(_ pod: KubernetesObject) -> Localized? {
        let waiting = pod.status["containerStatuses"]?[0]?.at("state", "waiting")
        let reason = waiting?["reason"]?.string ?? pod.status["phase"]?.string ?? "Pending"
        return Localized(
            ko: "파드가 아직 \(reason) 입니다. 까닭은 kubectl describe pod \(pod.name) 에 있어요.",
            en: "The pod is still \(reason): kubectl describe pod \(pod.name) says why.")
    }
}
