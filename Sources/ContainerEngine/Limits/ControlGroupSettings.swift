import ContainerRuntime
import LinuxKernel

/// What limits come to as files of control groups: kernel documentation, admin-guide/cgroup-v1 and cgroup-v2.
struct ControlGroupSetting {
    var controller: String
    var file: String
    var value: String
    /// Not in every kernel.
    var isOptional = false

    /// - Parameter version: of the hierarchy in which a controller works; nil where it is not.
    /// - Throws: `.unavailable` naming the controller that a limit needs and this machine does not give.
    static func all(
        _ resources: Resources, version: (String) -> ControlGroups.Version?
    ) throws(RuntimeError) -> [ControlGroupSetting] {
        var settings: [ControlGroupSetting] = []
        var missing: String?
        func set(_ controller: String, v1: (String, String)?, v2: (String, String)?, isOptional: Bool = false) {
            guard let version = version(controller) else {
                if !isOptional { missing = controller }
                return
            }
            guard let setting = version == .v1 ? v1 : v2 else { return }
            settings.append(
                ControlGroupSetting(
                    controller: controller, file: setting.0, value: setting.1, isOptional: isOptional))
        }
        if let memory = resources.memory {
            set("memory", v1: ("memory.limit_in_bytes", "\(memory)"), v2: ("memory.max", "\(memory)"))
            // A limit that swaps is not the limit that was asked for, unless swap was.
            let total = resources.memoryAndSwap ?? memory
            set(
                "memory", v1: ("memory.memsw.limit_in_bytes", "\(total)"),
                v2: ("memory.swap.max", total < 0 ? "max" : "\(total - memory)"), isOptional: true)
        }
        if let reservation = resources.memoryReservation {
            set(
                "memory", v1: ("memory.soft_limit_in_bytes", "\(reservation)"), v2: ("memory.low", "\(reservation)"))
        }
        if resources.effectiveCPUs != nil || resources.cpuPeriod != nil {
            let period = resources.cpuPeriod ?? 100_000
            let quota = resources.effectiveCPUs.map {
                // More than any machine has is no limit; as much as a quantity can say would be no number.
                max(1000, Int(min($0, 1_000_000) * Double(period)))
            }
            set("cpu", v1: ("cpu.cfs_period_us", "\(period)"), v2: nil)
            set(
                "cpu", v1: ("cpu.cfs_quota_us", "\(quota ?? -1)"),
                v2: ("cpu.max", "\(quota.map(String.init) ?? "max") \(period)"))
        }
        if let shares = resources.cpuShares, shares > 0 {
            // As runc converts v1's 2…262144 to v2's 1…10000.
            let weight = 1 + (min(max(shares, 2), 262_144) - 2) * 9999 / 262_142
            set("cpu", v1: ("cpu.shares", "\(max(2, shares))"), v2: ("cpu.weight", "\(weight)"))
        }
        if let cpuset = resources.cpuset, !cpuset.isEmpty {
            set("cpuset", v1: ("cpuset.cpus", cpuset), v2: ("cpuset.cpus", cpuset))
        }
        if let nodes = resources.memoryNodes, !nodes.isEmpty {
            set("cpuset", v1: ("cpuset.mems", nodes), v2: ("cpuset.mems", nodes))
        }
        if let pids = resources.pids { set("pids", v1: ("pids.max", "\(pids)"), v2: ("pids.max", "\(pids)")) }
        if let missing {
            throw .unavailable(reason: "the control group controller '\(missing)' is not available here")
        }
        return settings
    }
}
