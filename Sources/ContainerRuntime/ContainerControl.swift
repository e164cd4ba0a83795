/// What people do with a container beside starting and stopping it.
public protocol ContainerControl: Sendable {
    /// Freezes all of its processes: the kernel's freezer where there is one, else SIGSTOP to each.
    /// - Throws: `.wrongState` unless it is running.
    func pauseContainer(_ id: String) async throws(RuntimeError)
    /// - Throws: `.wrongState` unless it is paused.
    func unpauseContainer(_ id: String) async throws(RuntimeError)
    /// - Throws: `.nameInUse`, `.invalid`.
    func renameContainer(_ id: String, to name: String) async throws(RuntimeError)
    /// Changes the limits and the restart policy, of a running container at once.
    func updateContainer(_ id: String, _ update: ContainerUpdate) async throws(RuntimeError)
    /// Stops it as its configuration says (stop signal, stop time-out), or with `grace` before SIGKILL.
    func stopContainer(_ id: String, grace: Duration?) async throws(RuntimeError)
    /// Stops it if it runs, and starts it.
    func restartContainer(_ id: String, grace: Duration?) async throws(RuntimeError)
    /// As `signalContainer`, as somebody's wish: a container that dies of it is not started again by its policy.
    func killContainer(_ id: String, signal: Int32) async throws(RuntimeError)
    func waitContainer(_ id: String, until condition: WaitCondition) async throws(RuntimeError) -> ExitStatus
    /// Removes an exited or created container, with the volumes that were made for it alone if `volumes`.
    func removeContainer(_ id: String, force: Bool, volumes: Bool) async throws(RuntimeError)
    /// Bytes in its writable layer, and in all of its file tree.
    func containerSize(_ id: String) async throws(RuntimeError) -> (writable: Int, root: Int)
}

/// What `docker wait` waits for.
public enum WaitCondition: String, Sendable, Hashable, CaseIterable {
    case notRunning = "not-running"
    case nextExit = "next-exit"
    case removed
}

/// A change of a container; nil leaves as it is.
public struct ContainerUpdate: Sendable, Hashable {
    public var memory: Int?
    public var memoryAndSwap: Int?
    public var memoryReservation: Int?
    public var cpus: Double?
    public var cpuShares: Int?
    public var cpuQuota: Int?
    public var cpuPeriod: Int?
    public var cpuset: String?
    public var memoryNodes: String?
    /// 0 or less takes the limit away.
    public var pids: Int?
    public var restartPolicy: RestartPolicy?

    public init() {}
}
