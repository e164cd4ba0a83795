import ContainerRuntime
import Glibc

/// The namespaces(7) of processes, by their inodes in /proc/PID/ns.
enum NamespaceFiles {
    static func look(_ pid: Int32, _ others: [(id: String, name: String, pid: Int32)]) -> [NamespaceView] {
        let sorted = others.sorted { $0.name < $1.name }
        return NamespaceKind.allCases.compactMap { kind in
            guard let identity = self.identity(kind, of: "\(pid)"), let host = self.identity(kind, of: "self") else {
                return nil
            }
            return NamespaceView(
                kind: kind, identity: identity, hostIdentity: host,
                others: sorted.compactMap { other in
                    self.identity(kind, of: "\(other.pid)").map {
                        NamespaceView.Other(id: other.id, name: other.name, identity: $0)
                    }
                })
        }
    }

    /// The inode; nil where there is no such process (any more).
    static func identity(_ kind: NamespaceKind, of process: String) -> UInt64? {
        var status = stat()
        return stat("/proc/\(process)/ns/\(kind.rawValue)", &status) == 0 ? UInt64(status.st_ino) : nil
    }
}
