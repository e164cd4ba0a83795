import ContainerRuntime
import Documents
import KubernetesAPI

/// Writes a Pod's `status` from what is known about it: a pure function, so that equal knowledge gives equal documents
/// and the worker can see that there is nothing new to tell.
struct PodStatusDocument {
    let pod: PodSpecification
    let state: PodRuntimeState
    /// The status the API has: members and conditions that are not the kubelet's are kept, and so are the moments of
    /// conditions that do not change.
    let present: JSONValue
    let hostIP: String
    let now: Timestamp

    func make() -> JSONValue {
        var status: JSONValue = present
        let failure = state.failure
        let phase = failure == nil ? PodOutcome(pod: pod, state: state).phase : .failed
        status["phase"] = .string(phase.rawValue)
        status["reason"] = failure.map { .string($0.reason) }
        status["message"] = failure.map { .string($0.message) }
        status["hostIP"] = .string(hostIP)
        status["hostIPs"] = [["ip": .string(hostIP)]]
        let address = pod.usesHostNetwork ? hostIP : state.address
        status["podIP"] = address.map { .string($0) }
        status["podIPs"] = address.map { [["ip": .string($0)]] }
        if status["startTime"] == nil { status["startTime"] = state.startTimestamp.map { .string($0.text) } }
        let initial = pod.initContainers.map { containerStatus($0) }
        status["initContainerStatuses"] = initial.isEmpty ? nil : .array(initial)
        let main = pod.containers.map { containerStatus($0) }
        status["containerStatuses"] = .array(main)
        status["conditions"] = .array(conditions(phase))
        return status
    }

    // MARK: Conditions

    private func conditions(_ phase: PodOutcome.Phase) -> [JSONValue] {
        var conditions = present["conditions"]?.array ?? []
        func set(_ type: String, _ holds: Bool, reason: String? = nil, message: String? = nil) {
            let index = conditions.firstIndex { $0["type"]?.string == type }
            let old = index.map { conditions[$0] }
            let text = holds ? "True" : "False"
            var condition: JSONValue = ["type": .string(type), "status": .string(text), "lastProbeTime": nil]
            condition["lastTransitionTime"] =
                old?["status"]?.string == text ? old?["lastTransitionTime"] : .string(now.text)
            condition["reason"] = reason.map { .string($0) }
            condition["message"] = message.map { .string($0) }
            if let index { conditions[index] = condition } else { conditions.append(condition) }
        }
        var hasSandbox = false
        if case .ready = state.sandbox { hasSandbox = true }
        set("PodReadyToStartContainers", hasSandbox)

        let incomplete = pod.initContainers.filter { !isInitialized($0) }.map(\.name)
        if phase == .succeeded {
            set("Initialized", true, reason: "PodCompleted")
        } else if incomplete.isEmpty {
            set("Initialized", true)
        } else {
            set(
                "Initialized", false, reason: "ContainersNotInitialized",
                message: "containers with incomplete status: [\(incomplete.joined(separator: " "))]")
        }

        let readiness = containersReady(phase)
        set("Ready", readiness.holds && gatesHold, reason: readiness.reason ?? gateReason, message: readiness.message)
        set("ContainersReady", readiness.holds, reason: readiness.reason, message: readiness.message)
        return conditions
    }

    private func containersReady(_ phase: PodOutcome.Phase) -> (holds: Bool, reason: String?, message: String?) {
        if phase == .succeeded { return (false, "PodCompleted", nil) }
        if phase == .failed { return (false, "PodFailed", nil) }
        let sidecars = pod.initContainers.filter { $0.role == .sidecar }
        let unready = (sidecars + pod.containers).filter { !isReady($0) }.map(\.name)
        if unready.isEmpty { return (true, nil, nil) }
        return (
            false, "ContainersNotReady", "containers with unready status: [\(unready.joined(separator: " "))]"
        )
    }

    /// `spec.readinessGates`: conditions somebody else must set.
    private var gatesHold: Bool {
        (pod.spec["readinessGates"]?.array ?? []).allSatisfy { gate in
            present["conditions"]?.array?.first { $0["type"] == gate["conditionType"] }?["status"]?.string == "True"
        }
    }

    private var gateReason: String? { gatesHold ? nil : "ReadinessGatesNotReady" }

    private func isInitialized(_ container: ContainerSpecification) -> Bool {
        let record = state[container.name]
        return container.role == .sidecar ? record.hasPassedStartup : record.current?.exitCode == 0
    }

    private func isReady(_ container: ContainerSpecification) -> Bool {
        let record = state[container.name]
        switch container.role {
        case .initialization: return record.current?.exitCode == 0
        case .sidecar, .main: return record.isRunning && record.hasPassedStartup && record.isProbedReady
        }
    }

    // MARK: Containers

    private func containerStatus(_ container: ContainerSpecification) -> JSONValue {
        let record = state[container.name]
        var status: JSONValue = [
            "name": .string(container.name), "image": .string(container.image), "imageID": "",
            "restartCount": .integer(record.restarts), "ready": .bool(isReady(container)),
            "started": .bool(container.role != .initialization && record.isRunning && record.hasPassedStartup),
        ]
        if let run = record.current ?? record.previous {
            status["imageID"] = .string(run.imageID)
            status["containerID"] = .string(Self.containerID(run.id))
        }
        let waits = record.waiting != nil && !record.isRunning
        status["state"] = currentState(container, record)
        let last = waits && record.current?.end != nil ? record.current : record.previous
        status["lastState"] = last.map { ["terminated": Self.terminated($0)] } ?? [:]
        return status
    }

    private func currentState(_ container: ContainerSpecification, _ record: ContainerRecord) -> JSONValue {
        if let run = record.current, run.isRunning {
            return ["running": ["startedAt": .string(run.startTimestamp.text)]]
        }
        if let waiting = record.waiting {
            var document: JSONValue = ["reason": .string(waiting.reason)]
            if !waiting.message.isEmpty { document["message"] = .string(waiting.message) }
            return ["waiting": document]
        }
        if let run = record.current { return ["terminated": Self.terminated(run)] }
        let isInitializing = container.role == .main && pod.initContainers.contains { !isInitialized($0) }
        let reason = isInitializing || container.role != .main ? "PodInitializing" : "ContainerCreating"
        return ["waiting": ["reason": .string(reason)]]
    }

    static func containerID(_ id: String) -> String { "kijabi://\(id)" }

    static func terminated(_ run: ContainerRun) -> JSONValue {
        var document: JSONValue = [
            "exitCode": .integer(Int(run.exitCode ?? 0)), "reason": .string(reason(run)),
            "startedAt": .string(run.startTimestamp.text),
            "finishedAt": .string((run.endTimestamp ?? run.startTimestamp).text),
            "containerID": .string(containerID(run.id)),
        ]
        switch run.end {
        case .exited(let status):
            // As the kubelet does: a signal shows as the exit code 128 + n, the member stays for runtimes that set it.
            if let signal = status.signal, status.code != 128 + signal { document["signal"] = .integer(Int(signal)) }
            if !run.terminationMessage.isEmpty { document["message"] = .string(run.terminationMessage) }
        case .notStarted(let message): document["message"] = .string(message)
        case nil: break
        }
        return document
    }

    private static func reason(_ run: ContainerRun) -> String {
        switch run.end {
        case .notStarted: "StartError"
        case .exited(let status) where status.outOfMemory: "OOMKilled"
        case .exited(let status): status.code == 0 ? "Completed" : "Error"
        case nil: ""
        }
    }
}

/// The merge patch (RFC 7396) that turns `old` into `new`, for members of the top level.
func statusPatch(from old: JSONValue, to new: JSONValue) -> JSONValue? {
    var patch: JSONObject = [:]
    for (key, value) in new.object ?? [:] where old[key] != value { patch[key] = value }
    for (key, _) in old.object ?? [:] where new[key] == nil { patch[key] = .null }
    return patch.isEmpty ? nil : .object(patch)
}
