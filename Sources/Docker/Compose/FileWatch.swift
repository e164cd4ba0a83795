import Commands
import Glibc
import Terminal

/// Hears of changes of files in directories, with all that is below them: inotify(7). Directories are held open, so that
/// they are those of the caller, wherever that is.
final class FileWatch {
    private let queue: Int32
    private var roots: [(path: String, descriptor: Int32)] = []
    /// The directories that are watched, by inotify's number.
    private var places: [Int32: (root: Int, path: String)] = [:]

    /// Nil where the machine has no room for another queue.
    init?() {
        queue = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
        if queue < 0 { return nil }
    }

    deinit {
        close(queue)
        for root in roots { close(root.descriptor) }
    }

    /// Watches a directory from now on.
    /// - Parameter path: absolute, as the caller names it.
    func add(_ path: String, _ context: CommandContext) async throws(FileAccessError) {
        if roots.contains(where: { $0.path == path }) { return }
        let descriptor = try await context.files.open(
            path, flags: O_RDONLY | O_DIRECTORY | O_CLOEXEC, mode: 0, workingDirectory: "/")
        roots.append((path, descriptor))
        _ = watch(roots.count - 1, "")
    }

    /// The next changes: paths that were written, made, moved or removed. Empty when the task was cancelled.
    func changes() async -> Set<String> {
        var changed: Set<String> = []
        while changed.isEmpty {
            let bytes = await InputStream(descriptor: queue).readAll(limit: 0)
            if bytes.isEmpty { return [] }
            changed = take(bytes)
        }
        return changed
    }

    /// What has changed by now.
    func more() -> Set<String> {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(queue, &buffer, buffer.count)
        return count > 0 ? take(Array(buffer[..<count])) : []
    }

    private func take(_ bytes: [UInt8]) -> Set<String> {
        var changed: Set<String> = []
        var offset = 0
        let headLength = MemoryLayout<inotify_event>.size
        while offset + headLength <= bytes.count {
            let head = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: inotify_event.self) }
            let start = offset + headLength
            offset = start + Int(head.len)
            guard offset <= bytes.count, let place = places[head.wd] else { continue }
            let name = String(decoding: bytes[start..<offset].prefix { $0 != 0 }, as: UTF8.self)
            if head.mask & UInt32(IN_IGNORED) != 0 {
                places[head.wd] = nil
                continue
            }
            guard !name.isEmpty else { continue }
            let relative = place.path.isEmpty ? name : "\(place.path)/\(name)"
            changed.insert("\(roots[place.root].path)/\(relative)")
            let isNew = head.mask & UInt32(IN_CREATE | IN_MOVED_TO) != 0
            if isNew, head.mask & UInt32(IN_ISDIR) != 0 {
                // What was put into it before it was watched counts too.
                for path in watch(place.root, relative) { changed.insert("\(roots[place.root].path)/\(path)") }
            }
        }
        return changed
    }

    /// - Returns: the files below.
    private func watch(_ root: Int, _ relative: String) -> [String] {
        let path = "/proc/self/fd/\(roots[root].descriptor)/\(relative)"
        let mask = UInt32(IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO) | 0x0100_0000
        let number = inotify_add_watch(queue, path, mask)
        guard number >= 0, let directory = opendir(path) else { return [] }
        places[number] = (root, relative)
        defer { closedir(directory) }
        var files: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name != ".", name != ".." else { continue }
            let inner = relative.isEmpty ? name : "\(relative)/\(name)"
            if Int32(entry.pointee.d_type) == Int32(DT_DIR) {
                files += watch(root, inner)
            } else {
                files.append(inner)
            }
        }
        return files
    }
}
