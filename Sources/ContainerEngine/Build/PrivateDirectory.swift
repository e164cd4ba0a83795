import ContainerRuntime
import Dockerfile
import Glibc

/// A directory in which files are that only one RUN may see. It ends with the engine at the latest, and goes with this
/// value.
final class PrivateDirectory: Sendable {
    let path: String
    private let rootID: UInt32

    init(for engine: ContainerEngine) throws(RuntimeError) {
        var template = Array("\(engine.runDirectory)/private-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw .system(stage: "mkdtemp", errno: errno, path: engine.runDirectory)
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        rootID = engine.harbour.rootID
    }

    deinit { FileTree.remove(path) }

    /// Makes a file the container's: of the user and mode that the mount names.
    func give(_ file: String, to mount: BuildMount, mode fallback: UInt32) throws(RuntimeError) {
        let mode = mount.mode.flatMap { UInt32($0, radix: 8) } ?? fallback
        let (user, group) = (mount.user.flatMap { UInt32($0) } ?? 0, mount.group.flatMap { UInt32($0) } ?? 0)
        guard chmod(file, mode) == 0 else { throw .system(stage: "chmod", errno: errno, path: file) }
        // Where there is one id only, that is whose it is.
        guard geteuid() == 0 else { return }
        guard chown(file, rootID + user, rootID + group) == 0 else {
            throw .system(stage: "chown", errno: errno, path: file)
        }
    }
}
