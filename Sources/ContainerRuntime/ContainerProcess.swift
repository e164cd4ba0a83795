public struct ContainerProcess: Sendable, Hashable {
    /// As the host counts, and the number inside the container.
    public var pid: Int32
    public var innerPid: Int32
    public var parentPid: Int32
    /// As the host sees it, and inside.
    public var uid: UInt32
    public var innerUid: UInt32
    /// Seconds since 1970.
    public var startedAt: Double
    /// Processor seconds used.
    public var cpuSeconds: Double
    public var command: String

    public init(
        pid: Int32, innerPid: Int32, parentPid: Int32, uid: UInt32, innerUid: UInt32, startedAt: Double,
        cpuSeconds: Double, command: String
    ) {
        self.pid = pid
        self.innerPid = innerPid
        self.parentPid = parentPid
        self.uid = uid
        self.innerUid = innerUid
        self.startedAt = startedAt
        self.cpuSeconds = cpuSeconds
        self.command = command
    }
}
