import CLinux
import ContainerRuntime
import Glibc
import LinuxKernel

/// The upper directory of an overlay: what a container has changed.
struct UpperDirectory {
    private let directory: FileDescriptor

    init(_ directory: FileDescriptor) {
        self.directory = directory
    }

    var isEmpty: Bool { Self.names(directory.number).isEmpty }

    /// Removes the empty files and directories that the runtime made to mount something on, where the layers below have
    /// none, and copies of directories above them that hold nothing now.
    func removeMountPoints(_ paths: [String], over below: any FileSource) throws(RuntimeError) {
        for path in paths {
            var place = try below.resolve(path)
            while place != "/" {
                guard remove(place, over: try below.node(place)) else { break }
                place = ImagePath.parent(place)
            }
        }
    }

    /// - Returns: whether there is nothing at that place any more.
    private func remove(_ path: String, over node: FileNode?) -> Bool {
        let name = String(path.dropFirst())
        var status = stat()
        guard fstatat(directory.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return errno == ENOENT }
        if status.st_mode & S_IFMT == S_IFDIR {
            // One that hides what is below it says something by being empty.
            guard kijabi_is_opaque("/proc/self/fd/\(directory.number)/\(name)") == 0 else { return false }
            if let node, !node.isDirectory || node.mode != status.st_mode & 0o7777 { return false }
            return unlinkat(directory.number, name, AT_REMOVEDIR) == 0
        }
        guard node == nil, status.st_mode & S_IFMT == S_IFREG, status.st_size == 0 else { return false }
        return unlinkat(directory.number, name, 0) == 0
    }

    /// Makes no file younger than `date`, as far as this process may.
    func limitTimes(to date: Int) { Self.limitTimes(directory.number, ".", to: date) }

    private static func limitTimes(_ parent: Int32, _ name: String, to date: Int) {
        var status = stat()
        guard fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            let descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            if descriptor >= 0 {
                for child in names(descriptor) { limitTimes(descriptor, child, to: date) }
                close(descriptor)
            }
        }
        // Its own time last: it does not change with the times of what is in it, but may with anything else.
        guard status.st_mtim.tv_sec > date || (status.st_mtim.tv_sec == date && status.st_mtim.tv_nsec > 0) else {
            return
        }
        let time = timespec(tv_sec: date, tv_nsec: 0)
        utimensat(parent, name, [time, time], AT_SYMLINK_NOFOLLOW)
    }

    private static func names(_ directory: Int32) -> [String] {
        let descriptor = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0, let entries = fdopendir(descriptor) else { return [] }
        defer { closedir(entries) }
        var names: [String] = []
        while let entry = readdir(entries) {
            let name = entry.name
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
