import ContainerRuntime
import Glibc
import LinuxKernel

/// An engine's own part of the directory for what ends with it. It is locked while the engine lives, which tells it from
/// what an engine has left that could not clear up: one that was killed together with its zygote.
struct RunDirectory: Sendable {
    let path: String
    private let lock: FileDescriptor

    private static let prefix = "engine-"

    /// Makes one in `parent`, and removes those there that nobody holds any more.
    init(in parent: String) throws(RuntimeError) {
        try ContainerEngine.makeDirectory(parent)
        do throws(Errno) {
            // One at a time, or a directory that is not locked yet would be taken for an abandoned one.
            let turn = try FileDescriptor.open(parent, O_RDONLY | O_DIRECTORY)
            while flock(turn.number, LOCK_EX) != 0, errno == EINTR {}
            Self.removeAbandoned(in: parent)
            var template = Array("\(parent)/\(Self.prefix)XXXXXX".utf8CString)
            guard mkdtemp(&template) != nil else { throw Errno(errno) }
            path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            lock = try FileDescriptor.open(path, O_RDONLY | O_DIRECTORY)
            flock(lock.number, LOCK_EX | LOCK_NB)
        } catch {
            throw .system(stage: "make run directory", errno: error.code, path: parent)
        }
    }

    /// Its name, unique on this machine.
    var name: String { String(path[path.index(after: path.lastIndex(of: "/") ?? path.startIndex)...]) }

    /// What the zygote does at the end, for when it has been killed.
    func remove() { Self.remove(path, name) }

    private static func remove(_ path: String, _ name: String) {
        FileTree.remove(path)
        for group in ControlGroupProvider.paths(name: "kijabi-\(name)") { FileTree.remove(group) }
    }

    private static func removeAbandoned(in parent: String) {
        guard let directory = opendir(parent) else { return }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            let path = "\(parent)/\(name)"
            guard name.hasPrefix(prefix),
                let held = try? FileDescriptor.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW),
                flock(held.number, LOCK_EX | LOCK_NB) == 0
            else { continue }
            remove(path, name)
        }
    }
}
