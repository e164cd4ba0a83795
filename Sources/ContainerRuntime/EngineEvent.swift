/// Something that happened in the engine, as `docker events` tells it.
public struct EngineEvent: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case container, image, network, volume, daemon
    }

    public var kind: Kind
    /// `create`, `health_status: healthy`, `pull`, …
    public var action: String
    /// Of the container, image, …: an id, or a volume's name.
    public var actor: String
    /// `name`, `image`, `exitCode`, labels, …
    public var attributes: [String: String]
    /// Seconds since 1970, with fraction.
    public var time: Double

    public init(kind: Kind, action: String, actor: String, attributes: [String: String] = [:], time: Double) {
        self.kind = kind
        self.action = action
        self.actor = actor
        self.attributes = attributes
        self.time = time
    }
}

/// Everything that happens in an engine.
public protocol EventService: Sendable {
    /// What happened since `since` (seconds since 1970; as far as it is remembered), and what happens from now on.
    func engineEvents(since: Double?) async -> AsyncStream<EngineEvent>
}
