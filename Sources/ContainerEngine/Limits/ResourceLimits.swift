import ContainerRuntime
import LinuxKernel

/// The limits of one container, whoever holds them. Only the engine uses it.
protocol ResourceLimits: AnyObject {
    /// Whether kijabi watches them because the kernel does not let it have cgroups.
    var areEmulated: Bool { get }
    /// `cgroup.procs` files into which the container's processes write themselves.
    var memberships: [FileDescriptor] { get }
    /// The container runs: whoever watches may begin.
    func containerStarted(pid: Int32)
    /// - Returns: whether a process was killed for memory since the container was started.
    func containerEnded() -> Bool
    /// - Returns: whether a process was killed for memory since this was last asked.
    func hasNewKills() -> Bool
    /// Changes them, also of a running container.
    func update(_ resources: Resources) throws(RuntimeError)
    /// Takes in processes that run already.
    /// - Returns: whether all could be.
    func adopt(_ pids: [Int32]) -> Bool
    /// Makes what freezing needs, with which new processes are taken in too.
    func makeFreezer() -> Bool
    /// Freezes or thaws all processes.
    /// - Returns: false where that is not to be had.
    func freeze(_ isFrozen: Bool) -> Bool
    func usage() -> LimitsUsage
    /// Removes what was made.
    func remove()
}

/// What is known of a container's use from where its limits are held. Nil where that knows nothing.
struct LimitsUsage {
    var memory: ContainerStatistics.Memory?
    var usedSeconds: Double?
    var userSeconds: Double?
    var periods = 0
    var throttledPeriods = 0
    var throttledSeconds = 0.0
    var processes: Int?
}
