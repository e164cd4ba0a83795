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
    func remove() {
        // Groups are busy until their last processes, which are being killed, have gone; nobody tells when.
        var attempts = 0
        while !Self.remove(path), attempts < 100 {
            usleep(10_000)
            attempts += 1
        }
    }

    /// The name of this engine's control groups.
    static func groupName(_ path: String) -> String { "kijabi-" + (path.split(separator: "/").last ?? "") }

    /// Notes where this engine's control groups are: another process, in other groups, may be the one that clears up.
    static func note(groups: Set<String>, in path: String) throws(RuntimeError) {
        let file = try StoredFile(creating: path + "/groups")
        try file.write(Array(groups.sorted().joined(separator: "\n").utf8))
    }

    /// - Returns: false if something has to be left for the next time.
    @discardableResult
    private static func remove(_ path: String) -> Bool {
        let noted = (try? StoredFile(path + "/groups", O_RDONLY | O_NOFOLLOW).readAll()) ?? []
        let groups = noted.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
            .filter { $0.hasSuffix("/" + groupName(path)) && !$0.contains("/../") }
        var isGone = true
        for group in ControlGroupProvider.paths(name: groupName(path)).union(groups)
        where !ControlGroup(path: group).removeTree() { isGone = false }
        // The directory is what the next start knows the groups by.
        if isGone { FileTree.remove(path) }
        return isGone
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
            remove(path)
        }
    }
}
