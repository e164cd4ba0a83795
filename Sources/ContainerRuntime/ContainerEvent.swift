/// Something that happened to a container.
public struct ContainerEvent: Sendable {
    public enum Kind: String, Sendable {
        case create, start, die, destroy, oom
        /// Somebody stopped it, started it again, sent it a signal (`signal`).
        case stop, restart, kill
        case pause, unpause, update
        /// It has a new name; `detail` is the old one.
        case rename
        /// Its health has changed; `detail` is `healthy` or `unhealthy`.
        case health
        case attach, detach
        /// A further process was started in it; `command` says which.
        case exec
    }
    public var kind: Kind
    public var containerID: String
    public var sandboxID: String
    /// Of `die`.
    public var exit: ExitStatus?
    /// Of `exec`.
    public var command: [String]?
    /// Of `kill`.
    public var signal: Int32?
    /// Of `rename`, `health` and `exec` (which process: 64 hexadecimal digits).
    public var detail: String?
    /// The container as it was at that moment: it may be gone by the time anybody asks.
    public var status: ContainerStatus?
    /// Seconds since 1970, with fraction.
    public var time: Double

    public init(
        kind: Kind, containerID: String, sandboxID: String, exit: ExitStatus? = nil, command: [String]? = nil,
        signal: Int32? = nil, detail: String? = nil, status: ContainerStatus? = nil, time: Double
    ) {
        self.kind = kind
        self.containerID = containerID
        self.sandboxID = sandboxID
        self.exit = exit
        self.command = command
        self.signal = signal
        self.detail = detail
        self.status = status
        self.time = time
    }
}
