import Documents
import KubernetesAPI

extension DeploymentDecision {
    /// Counts, and whether enough is available.
    static let plainStatus: @Sendable (inout DeploymentDecision) -> Void = { decision in
        decision.countReplicas()
    }

    /// The same, and how the rollout goes on.
    static let rolloutStatus: @Sendable (inout DeploymentDecision) -> Void = { decision in
        decision.countReplicas()
        decision.judgeProgress()
        decision.reportReplicaFailure()
    }

    mutating func setProgress(_ status: Condition.Truth, _ reason: String, _ message: String) {
        result.setCondition(
            Condition("Progressing", status, reason: reason, message: message), now: observed.now,
            timeMember: "lastUpdateTime")
    }

    mutating func notePauseOrResume() {
        guard deployment.progressDeadline != nil else { return }
        let reason = result.condition("Progressing")?.reason
        // A timed-out rollout stays so until it moves.
        if reason == "ProgressDeadlineExceeded" { return }
        if deployment.isPaused, reason != "DeploymentPaused" {
            setProgress(.unknown, "DeploymentPaused", "Deployment is paused")
        } else if !deployment.isPaused, reason == "DeploymentPaused" {
            setProgress(.unknown, "DeploymentResumed", "Deployment is resumed")
        }
    }

    /// Every Pod is of the new template and available, and no old one is left.
    static func isComplete(_ object: KubernetesObject, _ decision: DeploymentDecision) -> Bool {
        let status = DeploymentView(object)
        let desired = decision.deployment.desiredReplicas
        return status.status("updatedReplicas") == desired && status.status("replicas") == desired
            && status.status("availableReplicas") == desired
            && status.status("observedGeneration") >= object.generation
    }

    private mutating func countReplicas() {
        let available = sets.reduce(0) { $0 + $1.availableReplicas }
        let size = sets.reduce(0) { $0 + $1.desiredReplicas }
        let counts: [(String, Int)] = [
            ("observedGeneration", observed.deployment.generation),
            ("replicas", sets.reduce(0) { $0 + $1.replicas }),
            ("updatedReplicas", newSetIndex.map { sets[$0].replicas } ?? 0),
            ("readyReplicas", sets.reduce(0) { $0 + $1.readyReplicas }),
            ("availableReplicas", available),
            ("unavailableReplicas", max(0, size - available)),
        ]
        for (member, count) in counts { result.status[member] = count == 0 ? nil : .integer(count) }
        let isAvailable = available >= deployment.desiredReplicas - deployment.maxUnavailable
        result.setCondition(
            isAvailable
                ? Condition(
                    "Available", .yes, reason: "MinimumReplicasAvailable",
                    message: "Deployment has minimum availability.")
                : Condition(
                    "Available", .no, reason: "MinimumReplicasUnavailable",
                    message: "Deployment does not have minimum availability."),
            now: observed.now, timeMember: "lastUpdateTime")
    }

    private var subject: String {
        newSetIndex.map { "ReplicaSet \"\(sets[$0].name)\"" } ?? "Deployment \"\(deployment.name)\""
    }

    private mutating func judgeProgress() {
        guard let deadline = deployment.progressDeadline else {
            result.removeCondition("Progressing")
            return
        }
        let condition = result.condition("Progressing")
        let counts = DeploymentView(result)
        let wasDone =
            counts.status("replicas") == counts.status("updatedReplicas")
            && condition?.reason == "NewReplicaSetAvailable"
        if !wasDone {
            if Self.isComplete(result, self) {
                setProgress(.yes, "NewReplicaSetAvailable", "\(subject) has successfully progressed.")
            } else if hasMoved {
                refreshProgress("\(subject) is progressing.")
            } else if hasTimedOut(deadline) {
                setProgress(.no, "ProgressDeadlineExceeded", "\(subject) has timed out progressing.")
            }
        }
        setLookAgain(untilDeadline(deadline))
    }

    /// More Pods are updated, ready or available than before, or fewer old ones are left.
    private var hasMoved: Bool {
        let new = DeploymentView(result)
        let old = deployment
        func oldPods(_ view: DeploymentView) -> Int { view.status("replicas") - view.status("updatedReplicas") }
        return new.status("updatedReplicas") > old.status("updatedReplicas") || oldPods(new) < oldPods(old)
            || new.status("readyReplicas") > old.status("readyReplicas")
            || new.status("availableReplicas") > old.status("availableReplicas")
    }

    /// Every movement counts from now, though the words stay the same.
    private mutating func refreshProgress(_ message: String) {
        let transition = result.conditionDocument("Progressing")?["lastTransitionTime"]
        let wasTrue = result.isConditionTrue("Progressing")
        result.removeCondition("Progressing")
        setProgress(.yes, "ReplicaSetUpdated", message)
        guard wasTrue, let transition, var conditions = result.status["conditions"]?.array,
            let index = conditions.firstIndex(where: { $0["type"]?.string == "Progressing" })
        else { return }
        conditions[index]["lastTransitionTime"] = transition
        result.status["conditions"] = .array(conditions)
    }

    private var lastProgress: Timestamp? {
        result.conditionDocument("Progressing")?["lastUpdateTime"]?.string.flatMap(Timestamp.init)
    }

    private func hasTimedOut(_ deadline: Duration) -> Bool {
        guard let condition = result.condition("Progressing"), condition.reason != "NewReplicaSetAvailable" else {
            return false
        }
        if condition.reason == "ProgressDeadlineExceeded" { return true }
        return lastProgress.map { observed.now - $0 > deadline } ?? false
    }

    private func untilDeadline(_ deadline: Duration) -> Duration? {
        guard let condition = result.condition("Progressing"), condition.reason != "ProgressDeadlineExceeded",
            !Self.isComplete(result, self), let lastProgress
        else { return nil }
        // Times are written in whole seconds, so that one second more makes sure that it has passed.
        return max(.zero, lastProgress + deadline - observed.now) + .seconds(1)
    }

    private mutating func reportReplicaFailure() {
        let newFirst = (newSetIndex.map { [$0] } ?? []) + oldSetIndexes
        let failing = newFirst.compactMap { sets[$0].object.condition("ReplicaFailure") }.first
        if let failing {
            result.setCondition(failing, now: observed.now, timeMember: "lastUpdateTime")
        } else if result.condition("ReplicaFailure") != nil {
            result.removeCondition("ReplicaFailure")
        }
    }
}
