import ContainerRuntime
import Glibc
import LinuxKernel

/// Limits that the kernel holds: a control group for each container in every hierarchy that is needed, v1 or v2.
struct ControlGroupProvider: LimitsProvider {
    typealias Base = (group: ControlGroup, version: ControlGroups.Version)

    /// Where containers' groups are made, by controller.
    private let bases: [String: Base]
    private let notices = try? EpollExecutor(name: "out-of-memory")

    static let controllers = ["memory", "cpu", "pids"]
    /// What some flags need and not every machine gives.
    private static let furtherControllers = ["cpuset", "freezer", "io"]

    /// What must be removed at the end.
    var basePaths: Set<String> { Set(bases.values.map(\.group.path)) }

    /// Where groups of that name are, if there are any.
    static func paths(name: String) -> Set<String> {
        let all = ControlGroups()
        var paths: Set<String> = []
        for hierarchy in (controllers + furtherControllers).compactMap({ all.hierarchy(of: $0) }) {
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
        var bases: [String: Base] = [:]
        for controller in Self.controllers {
            guard let hierarchy = all.hierarchy(of: controller), let base = Self.base(in: hierarchy, controller, name)
            else {
                for (group, _) in bases.values { try? group.remove() }
                return nil
            }
            bases[controller] = (base, hierarchy.version)
        }
        for controller in Self.furtherControllers {
            guard let hierarchy = all.hierarchy(of: controller), let base = Self.base(in: hierarchy, controller, name)
            else { continue }
            // The processors of a new cpuset of v1 are none at all.
            if controller == "cpuset", hierarchy.version == .v1 {
                guard base.inherit("cpuset.cpus"), base.inherit("cpuset.mems") else { continue }
            }
            bases[controller] = (base, hierarchy.version)
        }
        self.bases = bases
    }

    /// The version of the memory controller, and the controllers there are.
    var version: ControlGroups.Version { bases["memory"]?.version ?? .v1 }
    var available: [String] { bases.keys.sorted() }

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

    func make(
        _ resources: Resources, container: String, whenKilled: @escaping @Sendable () -> Void
    ) throws(RuntimeError) -> any ResourceLimits {
        let limits = ControlGroupLimits(container: container, bases: bases, notices: notices, whenKilled: whenKilled)
        do throws(RuntimeError) {
            try limits.update(resources)
        } catch {
            limits.remove()
            throw error
        }
        return limits
    }

    func makeFreezer(container: String, whenKilled: @escaping @Sendable () -> Void) -> (any ResourceLimits)? {
        let limits = ControlGroupLimits(container: container, bases: bases, notices: notices, whenKilled: whenKilled)
        return limits.makeFreezer() ? limits : nil
    }
}

extension ControlGroup {
    /// Takes a setting over from the group above.
    /// - Returns: whether it has a value now.
    func inherit(_ file: String) -> Bool {
        guard let slash = path.lastIndex(of: "/"),
            let value = try? ProcessFiles.read("\(path[..<slash])/\(file)")
        else { return false }
        let text = String(decoding: value.filter { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        return (try? write(text, to: file)) != nil
    }
}
