import Glibc

/// Removal of directories with all that is in them. Symbolic links are removed, never followed.
enum FileTree {
    /// Removes `path` and what is below it, as far as this process may.
    static func remove(_ path: String) {
        if unlink(path) == 0 || (errno != EISDIR && errno != EPERM) { return }
        removeContents(of: path)
        _ = rmdir(path)
    }

    static func removeContents(of path: String) {
        // Directories that forbid entering to their own owner would stay otherwise.
        guard let directory = opendir(path) ?? (chmod(path, 0o700) == 0 ? opendir(path) : nil) else { return }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { remove(path + "/" + name) }
        }
    }

    /// The names in a directory, without `.` and `..`; none if it cannot be read.
    static func names(in path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
