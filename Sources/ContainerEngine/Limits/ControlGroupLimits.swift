import ContainerRuntime
import Glibc
import LinuxKernel

/// Limits that the kernel holds: a control group for each container in every hierarchy that is needed, v1 or v2.
struct ControlGroupProvider: LimitsProvider {
    /// Where containers' groups are made, by controller.
    private let bases: [String: (group: ControlGroup, version: ControlGroups.Version)]

    static let controllers = ["memory", "cpu", "pids"]

    /// What must be removed at the end.
    var basePaths: Set<String> { Set(bases.values.map(\.group.path)) }

    /// Where groups of that name are, if there are any.
    static func paths(name: String) -> Set<String> {
        let all = ControlGroups()
        var paths: Set<String> = []
        for hierarchy in controllers.compactMap({ all.hierarchy(of: $0) }) {
            var own = hierarchy.own[...]
            while true {
                let path = "\(hierarchy.mountPoint)\(own)/\(name)"
                if access(path, F_OK) == 0 { paths.insert(path) }
                guard let slash = own.lastIndex(of: "/") else { break }
                own = own[..<slash]
            }
        }
        return paths
    }

    /// - Parameter name: of the groups that hold the containers' ones; this engine's own.
    /// - Returns: nil where this user may not make groups, or controllers are missing.
    init?(name: String) {
        let all = ControlGroups()
        var bases: [String: (group: ControlGroup, version: ControlGroups.Version)] = [:]
        for controller in Self.controllers {
            guard let hierarchy = all.hierarchy(of: controller), let base = Self.base(in: hierarchy, controller, name)
            else {
                for (group, _) in bases.values { try? group.remove() }
                return nil
            }
            bases[controller] = (base, hierarchy.version)
        }
        self.bases = bases
    }

    private static func base(in hierarchy: ControlGroups.Hierarchy, _ controller: String, _ name: String)
        -> ControlGroup?
    {
        switch hierarchy.version {
        case .v1:
            let base = ControlGroup(path: "\(hierarchy.mountPoint)\(hierarchy.own)/\(name)")
            return (try? base.make()).map { base }
        case .v2:
            // A group with processes cannot have groups with controllers below it, so ours is a sister of the group of
            // this process, or of one above that.
            var own = hierarchy.own[...]
            while true {
                own = own.lastIndex(of: "/").map { own[..<$0] } ?? ""
                let parent = ControlGroup(path: hierarchy.mountPoint + own)
                try? parent.write("+\(controller)", to: "cgroup.subtree_control")
                let base = ControlGroup(path: "\(parent.path)/\(name)")
                if (try? base.make()) != nil {
                    if (try? base.write("+\(controller)", to: "cgroup.subtree_control")) != nil { return base }
                    try? base.remove()
                }
                if own.isEmpty { return nil }
            }
        }
    }

    func make(_ resources: Resources, container: String) throws(RuntimeError) -> any ResourceLimits {
        var groups: [String: ControlGroup] = [:]
        var settings: [(controller: String, file: String, value: String, isOptional: Bool)] = []
        func set(_ controller: String, v1: (String, String)?, v2: (String, String)?, isOptional: Bool = false) {
            guard let setting = bases[controller]?.version == .v1 ? v1 : v2 else { return }
            settings.append((controller, setting.0, setting.1, isOptional))
        }
        if let memory = resources.memory {
            set("memory", v1: ("memory.limit_in_bytes", "\(memory)"), v2: ("memory.max", "\(memory)"))
            // A limit that swaps is not the limit that was asked for. Not in every kernel.
            let swap = ("memory.memsw.limit_in_bytes", "\(memory)")
            set("memory", v1: swap, v2: ("memory.swap.max", "0"), isOptional: true)
        }
        if let cpus = resources.cpus {
            let period = 100_000
            // More than any machine has is no limit; as much as a quantity can say would be no number.
            let quota = max(1000, Int(min(cpus, 1_000_000) * Double(period)))
            set("cpu", v1: ("cpu.cfs_period_us", "\(period)"), v2: nil)
            set("cpu", v1: ("cpu.cfs_quota_us", "\(quota)"), v2: ("cpu.max", "\(quota) \(period)"))
        }
        if let shares = resources.cpuShares {
            // As runc converts v1's 2…262144 to v2's 1…10000.
            let weight = 1 + (min(max(shares, 2), 262_144) - 2) * 9999 / 262_142
            set("cpu", v1: ("cpu.shares", "\(max(2, shares))"), v2: ("cpu.weight", "\(weight)"))
        }
        if let pids = resources.pids { set("pids", v1: ("pids.max", "\(pids)"), v2: ("pids.max", "\(pids)")) }
        do throws(Errno) {
            for setting in settings where groups[setting.controller] == nil {
                guard let base = bases[setting.controller] else { continue }
                let group = ControlGroup(path: "\(base.group.path)/\(container)")
                try group.make()
                groups[setting.controller] = group
            }
            for setting in settings {
                guard let group = groups[setting.controller] else { continue }
                if setting.isOptional {
                    try? group.write(setting.value, to: setting.file)
                } else {
                    try group.write(setting.value, to: setting.file)
                }
            }
            return try ControlGroupLimits(
                groups: Set(groups.values), memory: groups["memory"], isV1: bases["memory"]?.version == .v1)
        } catch {
            for group in groups.values { try? group.remove() }
            throw .system(stage: "set limits", errno: error.code, path: nil)
        }
    }
}

final class ControlGroupLimits: ResourceLimits {
    private let groups: Set<ControlGroup>
    private let memory: ControlGroup?
    private let eventsFile: String
    private var kills = 0
    let areEmulated = false
    let memberships: [FileDescriptor]

    init(groups: Set<ControlGroup>, memory: ControlGroup?, isV1: Bool) throws(Errno) {
        self.groups = groups
        self.memory = memory
        eventsFile = isV1 ? "memory.oom_control" : "memory.events"
        var memberships: [FileDescriptor] = []
        for group in groups { memberships.append(try group.openMembership()) }
        self.memberships = memberships
    }

    func containerStarted(pid: Int32) {}

    func containerEnded() -> Bool {
        let now = memory?.value(of: "oom_kill", in: eventsFile) ?? 0
        defer { kills = now }
        return now > kills
    }

    func remove() {
        // What is left is removed at the end with the groups around it.
        for group in groups { try? group.remove() }
    }
}
