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
        var attributes = event.status.map(Self.attributes) ?? [:]
        var action = event.kind.rawValue
        switch event.kind {
        case .die:
            attributes["exitCode"] = String(event.exit?.code ?? 0)
            if let status = event.status, let start = status.startedAt, let end = status.finishedAt {
                attributes["execDuration"] = String(Int(max(0, end - start)))
            }
        case .exec:
            action = Self.action("exec_start", event.command)
            attributes["execID"] = event.detail
        case .kill: attributes["signal"] = String(event.signal ?? 0)
        case .rename: attributes["oldName"] = "/" + (event.detail ?? "")
        case .health: action = "health_status: " + (event.detail ?? "")
        default: break
        }
        self.init(
            kind: .container, action: action, actor: event.containerID, attributes: attributes, time: event.time)
    }

    /// What happens to a further process in a container.
    init(_ action: String, _ status: ContainerStatus, command: [String]?, execID: String, time: Double) {
        var attributes = Self.attributes(status)
        attributes["execID"] = execID
        self.init(
            kind: .container, action: Self.action(action, command), actor: status.id, attributes: attributes, time: time
        )
    }

    private static func attributes(_ status: ContainerStatus) -> [String: String] {
        var attributes = status.configuration.labels
        attributes["image"] = status.imageReference
        attributes["name"] = status.name
        return attributes
    }

    private static func action(_ action: String, _ command: [String]?) -> String {
        command.map { "\(action): \($0.joined(separator: " "))" } ?? action
    }
}
