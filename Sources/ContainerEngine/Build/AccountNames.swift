import ContainerRuntime
import Glibc

/// Users and groups of an image by name: passwd(5), group(5).
struct AccountNames {
    private let passwd: String
    private let group: String

    init(_ files: any FileSource) throws(RuntimeError) {
        passwd = try files.text("/etc/passwd") ?? ""
        group = try files.text("/etc/group") ?? ""
    }

    /// The ids of `user[:group]`; a user's own group where none is given, and of a mere number the same number.
    /// - Returns: nil and the name that is not there.
    func owner(_ text: String) -> (ids: (user: UInt32, group: UInt32)?, unknown: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        var user: UInt32 = 0
        var group: UInt32 = 0
        if let number = UInt32(parts[0]) {
            user = number
            group = number
        } else if !parts[0].isEmpty {
            guard let entry = Self.entry(parts[0], passwd), entry.count > 3, let uid = UInt32(entry[2]),
                let gid = UInt32(entry[3])
            else { return (nil, parts[0]) }
            user = uid
            group = gid
        }
        if parts.count > 1, !parts[1].isEmpty {
            if let number = UInt32(parts[1]) {
                group = number
            } else {
                guard let entry = Self.entry(parts[1], self.group), entry.count > 2, let gid = UInt32(entry[2]) else {
                    return (nil, parts[1])
                }
                group = gid
            }
        }
        return ((user, group), "")
    }

    private static func entry(_ name: String, _ table: String) -> [Substring]? {
        table.split(separator: "\n").lazy.map { $0.split(separator: ":", omittingEmptySubsequences: false) }
            .first { $0.first.map { $0 == name } ?? false }
    }
}
