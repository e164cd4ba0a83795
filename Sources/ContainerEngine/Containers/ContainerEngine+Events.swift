public import ContainerRuntime

extension ContainerEngine: EventService {
    public func engineEvents(since: Double?) async -> AsyncStream<EngineEvent> {
        broadcaster.listenToAll(since: since)
    }

    /// Tells of something that happened to what is no container.
    nonisolated func announce(
        _ kind: EngineEvent.Kind, _ action: String, _ actor: String, _ attributes: [String: String] = [:]
    ) {
        broadcaster.send(
            EngineEvent(kind: kind, action: action, actor: actor, attributes: attributes, time: configuration.now()))
    }
}

extension EngineEvent {
    /// A container's event as docker tells it.
    init(_ event: ContainerEvent) {
        var attributes: [String: String] = [:]
        if let status = event.status {
            attributes = status.configuration.labels
            attributes["image"] = status.imageReference
            attributes["name"] = status.name
        }
        var action = event.kind.rawValue
        switch event.kind {
        case .die:
            attributes["exitCode"] = String(event.exit?.code ?? 0)
            if let status = event.status, let start = status.startedAt, let end = status.finishedAt {
                attributes["execDuration"] = String(Int(max(0, end - start)))
            }
        case .exec: action = "exec_start: " + (event.command ?? []).joined(separator: " ")
        case .kill: attributes["signal"] = String(event.signal ?? 0)
        case .rename: attributes["oldName"] = "/" + (event.detail ?? "")
        case .health: action = "health_status: " + (event.detail ?? "")
        default: break
        }
        self.init(
            kind: .container, action: action, actor: event.containerID, attributes: attributes, time: event.time)
    }
}
