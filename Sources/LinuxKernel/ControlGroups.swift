import Glibc

/// The control group hierarchies of this machine: cgroups(7).
public struct ControlGroups: Sendable {
    public enum Version: Sendable { case v1, v2 }

    /// A directory of one hierarchy and the controllers that work in it.
    public struct Hierarchy: Sendable {
        public let version: Version
        public let controllers: Set<String>
        /// Where it is mounted, e.g. `/sys/fs/cgroup/memory`.
        public let mountPoint: String
        /// This process's own group below it, e.g. `/user.slice`; empty for the root.
        public let own: String
    }

    public let hierarchies: [Hierarchy]

    public init() {
        let mounts = Self.lines("/proc/self/mountinfo")
        let groups = Self.lines("/proc/self/cgroup").map {
            $0.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        }
        hierarchies = mounts.compactMap { line in
            let halves = line.components(around: " - ")
            guard let (before, after) = halves else { return nil }
            let fields = before.split(separator: " ")
            let type = after.split(separator: " ")
            guard fields.count > 4, type.count > 2 else { return nil }
            let root = fields[3] == "/" ? "" : String(fields[3])
            let mountPoint = String(fields[4])
            switch type[0] {
            case "cgroup2":
                guard let own = groups.first(where: { $0.count == 3 && $0[0] == "0" }) else { return nil }
                let controllers = Self.lines(mountPoint + "/cgroup.controllers").first ?? ""
                return Hierarchy(
                    version: .v2, controllers: Set(controllers.split(separator: " ").map(String.init)),
                    mountPoint: mountPoint, own: Self.below(root, String(own[2])))
            case "cgroup":
                let options = Set(type[2].split(separator: ","))
                guard
                    let own = groups.first(where: {
                        $0.count == 3 && !$0[1].isEmpty && options.isSuperset(of: $0[1].split(separator: ","))
                    })
                else { return nil }
                return Hierarchy(
                    version: .v1, controllers: Set(own[1].split(separator: ",").map(String.init)),
                    mountPoint: mountPoint, own: Self.below(root, String(own[2])))
            default: return nil
            }
        }
    }

    /// The hierarchy in which a controller works.
    public func hierarchy(of controller: String) -> Hierarchy? {
        hierarchies.first { $0.controllers.contains(controller) }
    }

    /// A path of the hierarchy as seen from a mount of a part of it.
    private static func below(_ root: String, _ path: String) -> String {
        let path = path == "/" ? "" : path
        return path.hasPrefix(root) ? String(path.dropFirst(root.count)) : path
    }

    private static func lines(_ path: String) -> [String] {
        guard let contents = try? ProcessFiles.read(path) else { return [] }
        return contents.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }
}

extension String {
    /// What is before and after the first `separator`.
    fileprivate func components(around separator: String) -> (before: Substring, after: Substring)? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(separator) {
                return (self[..<start], self[index(start, offsetBy: separator.count)...])
            }
            start = index(after: start)
        }
        return nil
    }
}

/// One control group: a directory whose files are its settings.
public struct ControlGroup: Sendable, Hashable {
    public let path: String

    public init(path: String) {
        self.path = path
    }

    public func make() throws(Errno) {
        do throws(Errno) {
            try checked { mkdir(path, 0o755) }
        } catch {
            if error.code != EEXIST { throw error }
        }
    }

    /// Fails with `EBUSY` as long as processes or groups are in it.
    public func remove() throws(Errno) {
        try checked { rmdir(path) }
    }

    /// Removes it with the groups below it, as far as they are empty.
    /// - Returns: whether it is gone.
    public func removeTree() -> Bool {
        if rmdir(path) == 0 || errno == ENOENT { return true }
        guard let directory = opendir(path) else { return false }
        while let entry = readdir(directory) {
            guard entry.pointee.d_type == UInt8(DT_DIR) else { continue }
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { _ = ControlGroup(path: "\(path)/\(name)").removeTree() }
        }
        closedir(directory)
        return rmdir(path) == 0 || errno == ENOENT
    }

    public func write(_ value: String, to file: String) throws(Errno) {
        let file = try FileDescriptor.open("\(path)/\(file)", O_WRONLY)
        var value = value
        try checked { value.withUTF8 { Glibc.write(file.number, $0.baseAddress, $0.count) } }
    }

    public func has(_ file: String) -> Bool {
        access("\(path)/\(file)", F_OK) == 0
    }

    /// The value behind a key in a file of lines like `oom_kill 3`.
    public func value(of key: String, in file: String) -> Int? {
        guard let contents = try? ProcessFiles.read("\(path)/\(file)") else { return nil }
        for line in contents.split(separator: UInt8(ascii: "\n")) {
            let words = line.split(separator: UInt8(ascii: " "))
            if words.count == 2, words[0].elementsEqual(key.utf8) {
                return Int(String(decoding: words[1], as: UTF8.self))
            }
        }
        return nil
    }

    /// For processes to write themselves into it. Whoever opened it counts, not who writes.
    public func openMembership() throws(Errno) -> FileDescriptor {
        try FileDescriptor.open("\(path)/cgroup.procs", O_WRONLY)
    }
}
