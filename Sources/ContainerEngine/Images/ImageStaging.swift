public import ContainerRuntime
import Glibc
public import LinuxKernel

/// A directory of the store in which something is being made. It is locked while this value lives, and removed with it;
/// what a process leaves there that was killed is known by its free lock, and removed by the next that changes the store.
public final class ImageStaging: Sendable {
    /// On this machine.
    public let path: String
    private let lock: FileDescriptor
    private let remove: @Sendable (String) -> Void

    /// - Parameter remove: removes the directory, whoever its files belong to.
    init(in temporary: String, remove: @escaping @Sendable (String) -> Void) throws(RuntimeError) {
        var template = Array("\(temporary)/\(getpid()).XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw .system(stage: "mkdtemp", errno: errno, path: temporary) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        self.remove = remove
        do throws(Errno) {
            lock = try FileDescriptor.open(path, O_RDONLY | O_DIRECTORY)
            try checked { flock(lock.number, LOCK_EX | LOCK_NB) }
        } catch {
            rmdir(path)
            throw .system(stage: "lock", errno: error.code, path: path)
        }
    }

    deinit {
        remove(path)
    }

    /// Opens a new file in it for reading and writing.
    public func createFile(_ name: String) throws(RuntimeError) -> FileDescriptor {
        try Self.open("\(path)/\(name)", O_RDWR | O_CREAT | O_EXCL)
    }

    /// Makes a directory in it that belongs to the harbour's root.
    /// - Returns: a descriptor of it.
    func createTree(_ name: String, owner: UInt32) throws(RuntimeError) -> FileDescriptor {
        let tree = "\(path)/\(name)"
        guard mkdir(tree, 0o755) == 0, chmod(tree, 0o755) == 0 else {
            throw .system(stage: "mkdir", errno: errno, path: tree)
        }
        if owner != geteuid(), chown(tree, owner, owner) != 0 {
            throw .system(stage: "chown", errno: errno, path: tree)
        }
        return try Self.open(tree, O_RDONLY | O_DIRECTORY)
    }

    static func open(_ path: String, _ flags: Int32) throws(RuntimeError) -> FileDescriptor {
        do throws(Errno) {
            return try FileDescriptor.open(path, flags, mode: 0o644)
        } catch {
            throw .system(stage: "open", errno: error.code, path: path)
        }
    }

    /// Those in `temporary` that nobody holds. Whoever asks holds the store's lock, and the short moment between making
    /// and locking one is the holder's own.
    static func abandoned(in temporary: String) -> [String] {
        FileTree.names(in: temporary).map { "\(temporary)/\($0)" }.filter { path in
            guard let held = try? FileDescriptor.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) else { return true }
            return flock(held.number, LOCK_EX | LOCK_NB) == 0
        }
    }
}
