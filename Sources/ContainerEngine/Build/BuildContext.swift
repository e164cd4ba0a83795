import ContainerRuntime
import Dockerfile
import Glibc
import LinuxKernel

/// The directory that a build may copy from.
struct BuildContext: Sendable {
    /// Nil: there is none.
    let directory: FileDescriptor?
    let owners: IdentityMap
    var ignored = IgnorePatterns()
    /// Keeps the directory that an archive was unpacked to.
    let staging: ImageStaging?

    /// What a directory or an archive holds.
    static func open(
        _ wanted: BuildRequest.Context, store: ImageStore, harbour: Harbour
    ) async throws(RuntimeError) -> BuildContext {
        switch wanted {
        case .none: return BuildContext(directory: nil, owners: .same, staging: nil)
        case .directory(let descriptor):
            do throws(Errno) {
                return BuildContext(
                    directory: try FileDescriptor.duplicate(descriptor), owners: .same, staging: nil)
            } catch {
                throw .system(stage: "open context", errno: error.code, path: nil)
            }
        case .archive(let start, let descriptor):
            let staging = try await store.makeStaging()
            let tree = try staging.createTree("context", owner: harbour.rootID)
            let stream = try JoinedStream(start: start, descriptor: descriptor)
            _ = try await LayerUnpacker(agent: try await store.agent()).unpackFiles(
                stream.reading, into: tree, keepOwners: false, byteLimit: try await store.freeSpace())
            return BuildContext(
                directory: tree, owners: IdentityMap(process: harbour.pid), staging: staging)
        }
    }

    /// For a thread of its own: it blocks.
    func files() throws(RuntimeError) -> any FileSource {
        guard let directory else { return LayeredFiles(layers: [], owners: .same) }
        return try ContextFiles(directory: directory.number, owners: owners)
    }
}
