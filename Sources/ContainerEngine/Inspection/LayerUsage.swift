import CLinux
import ContainerRuntime
import Glibc

/// How much is in the layers of a container, counted file by file.
enum LayerUsage {
    /// Changes told of, at most.
    private static let changeLimit = 200

    static func look(_ status: ContainerStatus) -> [LayerView] {
        var layers: [LayerView] = []
        if let upper = status.upperDirectory { layers.append(layer(upper, isUpper: true)) }
        return layers + status.lowerDirectories.map { layer($0, isUpper: false) }
    }

    private struct Count {
        var size = 0
        var entries = 0
        var files: Set<UInt> = []
        var changes: [String] = []
    }

    private static func layer(_ path: String, isUpper: Bool) -> LayerView {
        var count = Count()
        guard walk(path, "", isUpper, &count) else {
            // An upper layer is made when the container is first started.
            let isThere = access(path, F_OK) == 0 || errno != ENOENT
            return LayerView(
                path: path, isUpper: isUpper, size: isThere ? nil : 0, entries: isThere ? nil : 0)
        }
        return LayerView(
            path: path, isUpper: isUpper, size: count.size, entries: count.entries, changes: count.changes.sorted())
    }

    private static func walk(_ directory: String, _ inner: String, _ tellsChanges: Bool, _ count: inout Count) -> Bool {
        guard let entries = opendir(directory) else { return false }
        defer { closedir(entries) }
        while let entry = readdir(entries) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name == "." || name == ".." { continue }
            let path = "\(directory)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0 else { continue }
            let kind = status.st_mode & S_IFMT
            count.entries += 1
            // Hard links are one file.
            if kind == S_IFREG, status.st_nlink == 1 || count.files.insert(status.st_ino).inserted {
                count.size += Int(status.st_size)
            }
            if tellsChanges, count.changes.count < changeLimit {
                if isWhiteout(path, status) {
                    count.changes.append("\(inner)/\(name) (deleted)")
                } else if kind != S_IFDIR {
                    count.changes.append("\(inner)/\(name)")
                }
            }
            if kind == S_IFDIR { _ = walk(path, "\(inner)/\(name)", tellsChanges, &count) }
        }
        return true
    }

    /// What hides a file of a layer below (Documentation/filesystems/overlayfs.rst).
    private static func isWhiteout(_ path: String, _ status: stat) -> Bool {
        switch status.st_mode & S_IFMT {
        case S_IFCHR: status.st_rdev == 0
        case S_IFREG: status.st_size == 0 && kijabi_has_attribute(path, "user.overlay.whiteout") == 1
        default: false
        }
    }
}
