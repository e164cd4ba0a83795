public struct ImageSummary: Sendable, Hashable {
    /// `sha256:` and 64 digits.
    public var id: String
    /// `busybox:latest`, …
    public var references: [String]
    /// Bytes on disk.
    public var size: Int
    /// Seconds since 1970.
    public var createdAt: Double
    public var entrypoint: [String]
    public var command: [String]
    public var environment: [String]
    public var workingDirectory: String
    public var user: String
    /// How it came here: `assembled from busybox-static 1.35.0`.
    public var origin: String
    public var labels: [String: String] = [:]
    /// `80/tcp`, as EXPOSE wrote them.
    public var exposedPorts: [String] = []
    /// Paths that VOLUME wrote: a container gets a volume of its own at each.
    public var volumes: [String] = []
    /// A name or number, as STOPSIGNAL wrote it.
    public var stopSignal: String? = nil
    public var healthCheck: HealthCheck? = nil
    /// The kind of machine it is made for: `linux/arm64`; empty where the image does not say.
    public var platform = ""
    /// Programs made for that kind do not run on this machine.
    public var isForeign = false

    public init(
        id: String, references: [String], size: Int, createdAt: Double, entrypoint: [String], command: [String],
        environment: [String], workingDirectory: String, user: String, origin: String
    ) {
        self.id = id
        self.references = references
        self.size = size
        self.createdAt = createdAt
        self.entrypoint = entrypoint
        self.command = command
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.user = user
        self.origin = origin
    }
}
