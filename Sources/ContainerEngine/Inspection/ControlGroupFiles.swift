import ContainerRuntime
import Glibc
import LinuxKernel

/// The control groups of a process that are not this program's own too, with the live content of their files.
enum ControlGroupFiles {
    /// What people want to see, of either version (Documentation/admin-guide/cgroup-v2.rst, cgroup-v1/).
    private static let files: [String: [String]] = [
        "memory": [
            "memory.current", "memory.max", "memory.high", "memory.low", "memory.swap.max", "memory.peak",
            "memory.events",
            "memory.usage_in_bytes", "memory.limit_in_bytes", "memory.memsw.limit_in_bytes",
            "memory.max_usage_in_bytes",
            "memory.failcnt", "memory.oom_control",
        ],
        "cpu": ["cpu.max", "cpu.weight", "cpu.cfs_quota_us", "cpu.cfs_period_us", "cpu.shares", "cpu.stat"],
        "cpuacct": ["cpuacct.usage"],
        "cpuset": ["cpuset.cpus", "cpuset.cpus.effective", "cpuset.mems"],
        "pids": ["pids.current", "pids.max", "pids.peak"],
        "io": ["io.max", "io.weight"],
        "freezer": ["freezer.state", "cgroup.freeze"],
    ]

    static func look(_ pid: Int32) -> [ControlGroupView] {
        let own = memberships("self")
        let all = ControlGroups()
        return memberships("\(pid)").compactMap { membership in
            guard !own.contains(membership), let hierarchy = hierarchy(of: membership, all),
                let path = directory(membership.path, hierarchy)
            else { return nil }
            let controllers = hierarchy.controllers.intersection(files.keys).sorted()
            var views: [ControlGroupView.File] = []
            for controller in controllers {
                for name in files[controller] ?? [] {
                    guard let contents = try? ProcessFiles.read("\(path)/\(name)") else { continue }
                    let value = String(decoding: contents, as: UTF8.self)
                    views.append(.init(name: name, value: String(value.last == "\n" ? value.dropLast() : value[...])))
                }
            }
            guard !views.isEmpty else { return nil }
            return ControlGroupView(path: path, controllers: controllers, files: views)
        }.sorted { $0.controllers.joined() < $1.controllers.joined() }
    }

    private struct Membership: Hashable {
        /// Joined by commas; empty for version 2.
        var controllers: String
        var path: String
    }

    private static func memberships(_ process: String) -> [Membership] {
        guard let contents = try? ProcessFiles.read("/proc/\(process)/cgroup") else { return [] }
        return String(decoding: contents, as: UTF8.self).split(separator: "\n").compactMap { line in
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            return fields.count == 3 ? Membership(controllers: String(fields[1]), path: String(fields[2])) : nil
        }
    }

    private static func hierarchy(of membership: Membership, _ all: ControlGroups) -> ControlGroups.Hierarchy? {
        if membership.controllers.isEmpty { return all.hierarchies.first { $0.version == .v2 } }
        let wanted = Set(membership.controllers.split(separator: ",").map(String.init))
        return all.hierarchies.first { $0.version == .v1 && $0.controllers == wanted }
    }

    /// The mount may show a part of the hierarchy only: then the path begins above it.
    private static func directory(_ path: String, _ hierarchy: ControlGroups.Hierarchy) -> String? {
        var rest = path[...]
        while !rest.isEmpty {
            let candidate = hierarchy.mountPoint + rest
            if access(candidate, F_OK) == 0 { return candidate }
            rest = rest.dropFirst().firstIndex(of: "/").map { rest[$0...] } ?? ""
        }
        return nil
    }
}
