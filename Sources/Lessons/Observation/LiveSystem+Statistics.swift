import ContainerRuntime
import Documents

extension LiveSystem {
    func statistics(of name: String) async throws(ObservationError) -> [ObservedItem] {
        _ = try await reachable()
        guard let status = try? await runtime.containerStatus(name), status.state.isAlive,
            let now = try? await runtime.statistics(status.id)
        else { return [] }
        var document: JSONValue = [
            "memory": .integer(now.memory.used), "memoryLimit": .integer(now.memory.limit),
            "memoryLimitHits": .integer(now.memory.limitHits), "kills": .integer(now.memory.kills),
            "cpuSeconds": .number(JSONNumber(now.processor.usedSeconds)),
            "throttledPeriods": .integer(now.processor.throttledPeriods),
            "processes": .integer(now.processes), "estimated": .bool(now.isEstimated),
        ]
        document["peakMemory"] = now.memory.peak.map { .integer($0) }
        return [ObservedItem(identity: status.id, document: document)]
    }
}
