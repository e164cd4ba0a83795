public enum ContainerState: String, Sendable, Hashable {
    case created, running
    /// Frozen: its processes are there but do not run.
    case paused
    /// It has ended, and its restart policy will start it again.
    case restarting
    case exited, removing

    /// Its first process exists.
    public var isAlive: Bool { self == .running || self == .paused }
}

public struct ContainerStatus: Sendable {
    public var id: String
    public var name: String
    public var imageReference: String
    /// `sha256:…`
    public var imageID: String
    public var sandboxID: String
    /// The whole command line: entrypoint and command.
    public var command: [String]
    public var state: ContainerState
    /// As this machine counts processes; nil unless running.
    public var pid: Int32?
    public var exit: ExitStatus?
    /// Why it could not be started, if so.
    public var startError: RuntimeError?
    /// Seconds since 1970, with fraction.
    public var createdAt: Double
    public var startedAt: Double?
    public var finishedAt: Double?
    /// How often its restart policy has started it again since somebody did.
    public var restartCount: Int
    /// Nil without a health check.
    public var health: ContainerHealth?
    /// Of its first network.
    public var address: String?
    /// Its places in networks, in the order of its interfaces.
    public var networks: [NetworkEndpoint]
    /// With the host ports that were really given.
    public var publishedPorts: [PublishedPort]
    /// The limits that were asked for, and whether the kernel holds them or kijabi watches them.
    public var resources: Resources
    public var limitsAreEmulated: Bool
    public var configuration: ContainerConfiguration
    /// The image it was made of, whose environment, command and so on `configuration` overrides.
    public var image: ImageSummary?
    /// What is mounted in it, with the place of each on this machine.
    public var mounts: [MountPoint]
    /// The host directories of the overlay: lower ones from the top down, and the upper one.
    public var lowerDirectories: [String]
    public var upperDirectory: String?
    /// Where its sandbox's hosts(5), hostname(5) and resolv.conf(5) are on this machine.
    public var filesDirectory: String
    /// Where its log is on this machine.
    public var logPath: String

    public init(
        id: String, name: String, imageReference: String, imageID: String, sandboxID: String, command: [String],
        state: ContainerState, createdAt: Double, configuration: ContainerConfiguration
    ) {
        self.id = id
        self.name = name
        self.imageReference = imageReference
        self.imageID = imageID
        self.sandboxID = sandboxID
        self.command = command
        self.state = state
        self.createdAt = createdAt
        self.configuration = configuration
        restartCount = 0
        publishedPorts = []
        networks = []
        resources = configuration.resources
        limitsAreEmulated = false
        mounts = []
        lowerDirectories = []
        filesDirectory = ""
        logPath = ""
    }
}

/// A mount of a container as `docker inspect` shows it.
public struct MountPoint: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable { case bind, volume, tmpfs }
    public var kind: Kind
    /// Of a volume.
    public var name: String?
    /// On this machine, or in the container that it is mounted from; empty for a tmpfs.
    public var source: String
    public var target: String
    public var readOnly: Bool

    public init(kind: Kind, name: String? = nil, source: String, target: String, readOnly: Bool) {
        self.kind = kind
        self.name = name
        self.source = source
        self.target = target
        self.readOnly = readOnly
    }
}
