import Documents
import KubernetesAPI

extension PodStrategy {
    var columns: [ObjectTable.Column] {
        [
            .init("Name"), .init("Ready"), .init("Status"), .init("Restarts"), .init("Age"),
            .init("IP", priority: 1), .init("Node", priority: 1), .init("Nominated Node", priority: 1),
            .init("Readiness Gates", priority: 1),
        ]
    }

    func cells(of pod: KubernetesObject, now: Timestamp) -> [String] {
        let summary = PodSummary(pod)
        var restarts = String(summary.restarts)
        if summary.restarts != 0, let last = summary.lastRestart {
            restarts += " (\((now - last).humanText) ago)"
        }
        let addresses = pod.status.elements("podIPs")
        let address = addresses.first?.text("ip") ?? pod.status.text("podIP")
        return [
            pod.name, "\(summary.ready)/\(summary.total)", summary.reason, restarts,
            TableCells.age(of: pod, now: now), TableCells.text(address),
            TableCells.text(pod.spec.text("nodeName")), TableCells.text(pod.status.text("nominatedNodeName")),
            readinessGates(of: pod),
        ]
    }

    private func readinessGates(of pod: KubernetesObject) -> String {
        let gates = pod.spec.elements("readinessGates")
        if gates.isEmpty { return "<none>" }
        let open = gates.filter { pod.isConditionTrue($0.text("conditionType")) }
        return "\(open.count)/\(gates.count)"
    }
}

/// What a Pod's row says of it: the phase alone would hide what its containers go through.
struct PodSummary {
    /// `Running`, `CrashLoopBackOff`, `Init:0/2`, …
    private(set) var reason: String
    private(set) var ready = 0
    private(set) var total: Int
    private(set) var restarts = 0
    private(set) var lastRestart: Timestamp?

    init(_ pod: KubernetesObject) {
        let phase = pod.status.text("phase")
        reason = pod.status.text("reason")
        if reason.isEmpty { reason = phase }
        total = pod.spec.elements("containers").count
        if let scheduled = pod.condition("PodScheduled"), scheduled.reason == "SchedulingGated" {
            reason = scheduled.reason
        }
        let initial = pod.spec.elements("initContainers")
        let sidecars = Set(initial.filter { $0["restartPolicy"] == "Always" }.map { $0.text("name") })
        total += sidecars.count
        let isInitializing = readInitial(pod.status.elements("initContainerStatuses"), initial.count, sidecars)
        if !isInitializing || pod.isConditionTrue("Initialized") {
            readContainers(pod, sidecars)
        }
        guard pod.isBeingDeleted else { return }
        if pod.status.text("reason") == "NodeLost" {
            reason = "Unknown"
        } else if !["Succeeded", "Failed"].contains(phase) {
            reason = "Terminating"
        }
    }

    /// - Returns: whether the Pod is held up in its init containers.
    private mutating func readInitial(_ statuses: [JSONValue], _ count: Int, _ sidecars: Set<String>) -> Bool {
        for (index, status) in statuses.enumerated() {
            countRestarts(of: status)
            let isSidecar = sidecars.contains(status.text("name"))
            if let end = status.at("state", "terminated") {
                if end["exitCode"]?.int == 0 { continue }
                reason = "Init:" + Self.word(forEnd: end)
            } else if isSidecar, status["started"]?.bool == true {
                if status["ready"]?.bool == true { ready += 1 }
                continue
            } else if let waiting = status.at("state", "waiting")?.text("reason"), !waiting.isEmpty,
                waiting != "PodInitializing"
            {
                reason = "Init:\(waiting)"
            } else {
                reason = "Init:\(index)/\(count)"
            }
            return true
        }
        return false
    }

    private mutating func readContainers(_ pod: KubernetesObject, _ sidecars: Set<String>) {
        // Only what the containers themselves went through counts once they run.
        restarts = 0
        lastRestart = nil
        for status in pod.status.elements("initContainerStatuses") where sidecars.contains(status.text("name")) {
            countRestarts(of: status)
        }
        var isAnyRunning = false
        for status in pod.status.elements("containerStatuses").reversed() {
            countRestarts(of: status)
            if let waiting = status.at("state", "waiting")?.text("reason"), !waiting.isEmpty {
                reason = waiting
            } else if let end = status.at("state", "terminated") {
                reason = Self.word(forEnd: end)
            } else if status["ready"]?.bool == true, status.at("state", "running") != nil {
                isAnyRunning = true
                ready += 1
            }
        }
        // One container is done and another goes on.
        if reason == "Completed", isAnyRunning { reason = pod.isConditionTrue("Ready") ? "Running" : "NotReady" }
    }

    private mutating func countRestarts(of status: JSONValue) {
        restarts += status["restartCount"]?.int ?? 0
        let end = status.at("lastState", "terminated")?.text("finishedAt") ?? ""
        if let moment = Timestamp(end), moment > lastRestart ?? moment + .seconds(-1) { lastRestart = moment }
    }

    private static func word(forEnd end: JSONValue) -> String {
        let reason = end.text("reason")
        if !reason.isEmpty { return reason }
        if let signal = end["signal"]?.int, signal != 0 { return "Signal:\(signal)" }
        return "ExitCode:\(end["exitCode"]?.int ?? 0)"
    }
}
