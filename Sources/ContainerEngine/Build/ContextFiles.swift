import CLinux
import ContainerRuntime
import Glibc
import LinuxKernel

/// The context of a build: a directory of the caller's. No path leads out of it, and links are only followed by
/// `resolve`, inside it (openat2(2) `RESOLVE_BENEATH`, `RESOLVE_NO_SYMLINKS`).
final class ContextFiles: FileSource {
    private let root: FileDescriptor
    private let owners: IdentityMap

    /// - Parameter descriptor: an open directory; the caller keeps owning it.
    init(directory descriptor: Int32, owners: IdentityMap) throws(RuntimeError) {
        do throws(Errno) {
            root = try FileDescriptor.duplicate(descriptor)
        } catch {
            throw .system(stage: "open context", errno: error.code, path: nil)
        }
        self.owners = owners
    }

    func node(_ path: String) throws(RuntimeError) -> FileNode? {
        // A link itself is opened only as a handle.
        guard let file = try open(path, FileDescriptor.pathOnly | O_NOFOLLOW) else { return nil }
        var status = stat()
        guard fstat(file.number, &status) == 0 else { throw .system(stage: "stat", errno: errno, path: path) }
        let isLink = status.st_mode & S_IFMT == S_IFLNK
        return FileNode(status, target: isLink ? Self.target(file) : nil, owners: owners)
    }

    func names(_ path: String) throws(RuntimeError) -> [String] {
        guard let file = try open(path, O_RDONLY | O_DIRECTORY) else { return [] }
        guard kijabi_file_system(file.number).isOfFiles else { throw .system(stage: "open", errno: EACCES, path: path) }
        let descriptor: Int32
        do throws(Errno) {
            descriptor = try file.duplicateNumber()
        } catch {
            throw .system(stage: "open", errno: error.code, path: path)
        }
        guard let directory = fdopendir(descriptor) else {
            close(descriptor)
            throw .system(stage: "open", errno: errno, path: path)
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = entry.name
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    func open(_ path: String) throws(RuntimeError) -> FileDescriptor {
        guard let file = try open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY) else {
            throw .system(stage: "open", errno: ENOENT, path: path)
        }
        var status = stat()
        guard fstat(file.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            kijabi_file_system(file.number).isOfFiles
        else { throw .system(stage: "open", errno: EACCES, path: path) }
        return file
    }

    /// Nil where there is nothing.
    private func open(_ path: String, _ flags: Int32) throws(RuntimeError) -> FileDescriptor? {
        let inside: UInt64 = 0x08 | 0x04 | 0x02  // RESOLVE_BENEATH, RESOLVE_NO_SYMLINKS, RESOLVE_NO_MAGICLINKS
        let relative = path == "/" ? "." : String(path.dropFirst())
        // A handle of a link that is the last part is what NO_SYMLINKS allows with O_PATH and O_NOFOLLOW.
        let descriptor = kijabi_openat2(
            root.number, relative, UInt64(UInt32(bitPattern: flags | O_CLOEXEC)), 0, inside)
        if descriptor >= 0 { return FileDescriptor(owning: descriptor) }
        if errno == ENOENT || errno == ENOTDIR || errno == ELOOP { return nil }
        throw .system(stage: "open", errno: errno, path: path)
    }

    private static func target(_ link: FileDescriptor) -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlinkat(link.number, "", &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : ""
    }
}

extension Int {
    /// A kind of file system that holds files, not what the kernel makes up: what is read there is not the caller's.
    fileprivate var isOfFiles: Bool {
        // PROC_SUPER_MAGIC, SYSFS_MAGIC, CGROUP2_SUPER_MAGIC, CGROUP_SUPER_MAGIC, DEBUGFS_MAGIC, TRACEFS_MAGIC
        ![-1, 0x9fa0, 0x6265_6572, 0x6367_7270, 0x27_e0eb, 0x6462_6720, 0x7472_6163].contains(self)
    }
}
