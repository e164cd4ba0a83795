import ContainerRuntime
import LinuxKernel

/// The limits of one container, whoever holds them.
protocol ResourceLimits: AnyObject {
    /// Whether kijabi watches them because the kernel does not let it have cgroups.
    var areEmulated: Bool { get }
    /// `cgroup.procs` files into which the container's processes write themselves.
    var memberships: [FileDescriptor] { get }
    /// The container runs: whoever watches may begin.
    func containerStarted(pid: Int32)
    /// - Returns: whether a process was killed for memory since the container was started.
    func containerEnded() -> Bool
    /// Removes what was made.
    func remove()
}
