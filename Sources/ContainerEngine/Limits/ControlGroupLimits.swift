import ContainerRuntime
import Glibc
import LinuxKernel

/// The control groups of one container.
final class ControlGroupLimits: ResourceLimits {
    private let container: String
    private let bases: [String: ControlGroupProvider.Base]
    /// By controller; in v2 they are all the same one.
    private(set) var groups: [String: ControlGroup] = [:]
    private(set) var memberships: [FileDescriptor] = []
    private let notices: EpollExecutor?
    private let whenKilled: @Sendable () -> Void
    private var notice: MemoryKillNotice?
    /// Killed for memory when it was last started, and when that was last told.
    private var killsAtStart = 0
    private var killsTold = 0
    /// Took a limit away that was there.
    private var current = Resources()
    let areEmulated = false

    /// - Parameters:
    ///   - notices: where to wait for news of the kernel's, if that can be.
    ///   - whenKilled: called on some thread when a process has been killed for memory.
    init(
        container: String, bases: [String: ControlGroupProvider.Base], notices: EpollExecutor?,
        whenKilled: @escaping @Sendable () -> Void
    ) {
        self.container = container
        self.bases = bases
        self.notices = notices
        self.whenKilled = whenKilled
    }

    func update(_ resources: Resources) throws(RuntimeError) {
        var settings = try ControlGroupSetting.all(resources) { bases[$0]?.version }
        if resources.pids == nil, current.pids != nil {
            settings.append(ControlGroupSetting(controller: "pids", file: "pids.max", value: "max"))
        }
        do throws(Errno) {
            for setting in settings { try makeGroup(setting.controller) }
            try apply(settings)
        } catch {
            throw .system(stage: "set limits", errno: error.code, path: nil)
        }
        current = resources
    }

    private func apply(_ settings: [ControlGroupSetting]) throws(Errno) {
        var postponed: [ControlGroupSetting] = []
        for setting in settings {
            guard let group = groups[setting.controller] else { continue }
            do throws(Errno) {
                try group.write(setting.value, to: setting.file)
            } catch {
                // Memory must not grow beyond memory and swap: that has to grow before.
                if error.code == EINVAL, setting.file == "memory.limit_in_bytes" {
                    postponed.append(setting)
                } else if !setting.isOptional {
                    throw error
                }
            }
        }
        for setting in postponed { try groups[setting.controller]?.write(setting.value, to: setting.file) }
    }

    private func makeGroup(_ controller: String) throws(Errno) {
        guard groups[controller] == nil, let base = bases[controller] else { return }
        let group = ControlGroup(path: "\(base.group.path)/\(container)")
        let isNew = !groups.values.contains(group)
        try group.make()
        if controller == "cpuset", base.version == .v1 {
            _ = group.inherit("cpuset.cpus")
            _ = group.inherit("cpuset.mems")
        }
        groups[controller] = group
        if controller == "memory", let notices {
            // Without it, kills are told when the container ends.
            notice = try? MemoryKillNotice(of: group, base.version, on: notices, tell: whenKilled)
        }
        if isNew { memberships.append(try group.openMembership()) }
    }

    func adopt(_ pids: [Int32]) -> Bool {
        var isComplete = true
        for pid in pids {
            for group in Set(groups.values) {
                do throws(Errno) {
                    try group.write("\(pid)", to: "cgroup.procs")
                } catch {
                    // One that has ended meanwhile is no matter.
                    if error.code != ESRCH { isComplete = false }
                }
            }
        }
        return isComplete
    }

    // MARK: Freezing

    private var freezer: (group: ControlGroup, version: ControlGroups.Version)? {
        if let group = groups["freezer"] { return (group, .v1) }
        if let group = groups["memory"], bases["memory"]?.version == .v2 { return (group, .v2) }
        return nil
    }

    var canFreeze: Bool { freezer != nil }

    /// Makes the group that can be frozen, still empty.
    func makeFreezer() -> Bool {
        if canFreeze { return true }
        let controller = bases["memory"]?.version == .v2 ? "memory" : "freezer"
        return bases[controller] != nil && (try? makeGroup(controller)) != nil
    }

    func freeze(_ isFrozen: Bool) -> Bool {
        guard let (group, version) = freezer else { return false }
        let (file, value) =
            version == .v1 ? ("freezer.state", isFrozen ? "FROZEN" : "THAWED") : ("cgroup.freeze", isFrozen ? "1" : "0")
        for _ in 0..<500 {
            guard (try? group.write(value, to: file)) != nil else { return false }
            switch version {
            case .v1: if group.text(of: file) == value { return true }
            case .v2: if group.value(of: "frozen", in: "cgroup.events") == (isFrozen ? 1 : 0) { return true }
            }
            // The kernel freezes when each process next passes by, and tells nobody in v1.
            usleep(1000)
        }
        return false
    }

    // MARK: Life

    func containerStarted(pid: Int32) {}

    func containerEnded() -> Bool {
        let now = killCount
        defer { killsAtStart = now }
        return now > killsAtStart
    }

    func hasNewKills() -> Bool {
        let now = killCount
        defer { killsTold = now }
        return now > killsTold
    }

    private var killCount: Int {
        guard let memory = groups["memory"], let version = bases["memory"]?.version else { return 0 }
        return MemoryKillNotice.kills(memory, version)
    }

    func remove() {
        notice = nil
        // What is left is removed at the end with the groups around it.
        for group in Set(groups.values) { try? group.remove() }
        memberships = []
        groups = [:]
    }

    // MARK: Usage

    func usage() -> LimitsUsage {
        var usage = LimitsUsage()
        if let group = groups["memory"] {
            usage.memory = bases["memory"]?.version == .v1 ? Self.memoryV1(group) : Self.memoryV2(group)
            usage.memory?.kills = killCount
        }
        if let group = groups["cpu"], let base = bases["cpu"] {
            usage.periods = group.value(of: "nr_periods", in: "cpu.stat") ?? 0
            usage.throttledPeriods = group.value(of: "nr_throttled", in: "cpu.stat") ?? 0
            usage.throttledSeconds =
                base.version == .v1
                ? Double(group.value(of: "throttled_time", in: "cpu.stat") ?? 0) / 1e9
                : Double(group.value(of: "throttled_usec", in: "cpu.stat") ?? 0) / 1e6
            if base.version == .v2, let used = group.value(of: "usage_usec", in: "cpu.stat") {
                usage.usedSeconds = Double(used) / 1e6
                usage.userSeconds = Double(group.value(of: "user_usec", in: "cpu.stat") ?? 0) / 1e6
            }
        }
        if let group = groups["pids"] { usage.processes = group.number(in: "pids.current") }
        return usage
    }

    private static func memoryV1(_ group: ControlGroup) -> ContainerStatistics.Memory? {
        guard let all = group.number(in: "memory.usage_in_bytes") else { return nil }
        let cache = group.value(of: "total_inactive_file", in: "memory.stat") ?? 0
        return ContainerStatistics.Memory(
            used: max(0, all - cache), peak: group.number(in: "memory.max_usage_in_bytes"), cache: cache,
            swap: group.value(of: "total_swap", in: "memory.stat") ?? 0,
            limitHits: group.number(in: "memory.failcnt") ?? 0)
    }

    private static func memoryV2(_ group: ControlGroup) -> ContainerStatistics.Memory? {
        guard let all = group.number(in: "memory.current") else { return nil }
        let cache = group.value(of: "inactive_file", in: "memory.stat") ?? 0
        return ContainerStatistics.Memory(
            used: max(0, all - cache), peak: group.number(in: "memory.peak"), cache: cache,
            swap: group.number(in: "memory.swap.current") ?? 0,
            limitHits: group.value(of: "max", in: "memory.events") ?? 0)
    }
}

extension ControlGroup {
    /// The content of a file of one line.
    func text(of file: String) -> String? {
        (try? ProcessFiles.read("\(path)/\(file)")).map {
            String(decoding: $0.filter { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        }
    }

    func number(in file: String) -> Int? { text(of: file).flatMap { Int($0) } }
}
