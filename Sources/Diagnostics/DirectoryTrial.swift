import Glibc

/// Whether files can be made in a directory, or the directory itself where it does not exist yet, by making one.
enum DirectoryTrial {
    static func look(at path: String, for use: DirectoryFacts.Use) -> DirectoryFacts {
        let existing = nearestExisting(path)
        var template = Array("\(existing == "/" ? "" : existing)/.kijabi-doctor-XXXXXX".utf8CString)
        var failure: Int32 = 0
        if mkdtemp(&template) == nil { failure = errno } else { rmdir(template) }
        var facts = DirectoryFacts(use: use, path: path, errno: failure, free: 0)
        var status = stat()
        if stat(existing, &status) == 0, failure == EACCES, existing == path, status.st_uid != geteuid() {
            facts.foreignOwner = status.st_uid
        }
        var system = statvfs()
        if statvfs(existing, &system) == 0 {
            facts.free = UInt64(system.f_bavail) * UInt64(system.f_frsize)
        }
        return facts
    }

    private static func nearestExisting(_ path: String) -> String {
        var path = path
        while access(path, F_OK) != 0, errno == ENOENT, let slash = path.lastIndex(of: "/") {
            if slash == path.startIndex { return "/" }
            path = String(path[..<slash])
        }
        return path
    }
}
