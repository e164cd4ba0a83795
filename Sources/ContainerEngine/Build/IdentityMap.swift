import Glibc

/// Which ids on this machine's disk the ids of the harbour are: the lines of /proc/PID/uid_map (user_namespaces(7)).
struct IdentityMap: Sendable {
    private struct Range {
        var inside: UInt32
        var outside: UInt32
        var count: UInt32
    }

    private var users: [Range]
    private var groups: [Range]

    /// Ids as they are.
    static let same = IdentityMap(users: [], groups: [])

    private init(users: [Range], groups: [Range]) {
        self.users = users
        self.groups = groups
    }

    /// Of the user namespace of `process`.
    init(process: Int32) {
        users = Self.read("/proc/\(process)/uid_map")
        groups = Self.read("/proc/\(process)/gid_map")
    }

    /// An id of the disk as a container sees it; 0 where it has none there, which is whom COPY gives files to.
    func user(_ id: UInt32) -> UInt32 { Self.find(id, users) }
    func group(_ id: UInt32) -> UInt32 { Self.find(id, groups) }

    private static func find(_ id: UInt32, _ ranges: [Range]) -> UInt32 {
        if ranges.isEmpty { return id }
        for range in ranges where id >= range.outside && id - range.outside < range.count {
            return range.inside + (id - range.outside)
        }
        return 0
    }

    private static func read(_ path: String) -> [Range] {
        guard let file = fopen(path, "re") else { return [] }
        defer { fclose(file) }
        var text = [CChar](repeating: 0, count: 4096)
        let count = fread(&text, 1, text.count - 1, file)
        let lines = String(decoding: text[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self).split(separator: "\n")
        return lines.compactMap { line in
            let numbers = line.split(separator: " ").compactMap { UInt32($0) }
            return numbers.count == 3 ? Range(inside: numbers[0], outside: numbers[1], count: numbers[2]) : nil
        }
    }
}
