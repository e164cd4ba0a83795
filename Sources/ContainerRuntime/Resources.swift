/// Limits, as cgroups(7) enforce them. Nil means no limit.
public struct Resources: Sendable, Hashable {
    /// Bytes.
    public var memory: Int?
    /// Bytes of memory and swap together (`--memory-swap`): -1 is any amount of swap, nil none.
    public var memoryAndSwap: Int?
    /// Bytes below which the kernel would rather bring it when memory is short (`--memory-reservation`).
    public var memoryReservation: Int?
    /// Processor seconds a second, e.g. 0.5.
    public var cpus: Double?
    /// Relative weight as of cgroup v1 `cpu.shares` (1024 is the norm).
    public var cpuShares: Int?
    /// Microseconds of processor time in each `cpuPeriod`; an other way to say `cpus`.
    public var cpuQuota: Int?
    /// Microseconds; nil is 100000.
    public var cpuPeriod: Int?
    /// The processors it may run on, cpuset(7): `0-2,4`.
    public var cpuset: String?
    /// Memory nodes, cpuset(7).
    public var memoryNodes: String?
    /// Number of processes.
    public var pids: Int?

    public init(memory: Int? = nil, cpus: Double? = nil, cpuShares: Int? = nil, pids: Int? = nil) {
        self.memory = memory
        self.cpus = cpus
        self.cpuShares = cpuShares
        self.pids = pids
    }

    /// What the quota comes to, in processor seconds a second, however it was given.
    public var effectiveCPUs: Double? {
        if let cpus { return cpus }
        guard let cpuQuota, cpuQuota > 0 else { return nil }
        return Double(cpuQuota) / Double(cpuPeriod ?? 100_000)
    }
}

/// A limit of each process, setrlimit(2).
public struct ProcessLimit: Sendable, Hashable {
    /// As docker names it: `nofile`, `nproc`, `core`, …
    public var name: String
    /// -1 is no limit.
    public var soft: Int
    public var hard: Int

    public init(name: String, soft: Int, hard: Int) {
        self.name = name
        self.soft = soft
        self.hard = hard
    }
}
