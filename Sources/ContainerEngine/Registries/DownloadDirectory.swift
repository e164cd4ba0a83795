import ContainerRuntime
import Glibc
import LinuxKernel
import OCI

/// `downloads` in the image store: blobs that are on their way, named by their digests. What an interrupted pull leaves
/// there, the next one finishes; what nobody has come back for in a week goes.
struct DownloadDirectory: Sendable {
    let path: String
    private static let patience = 7 * 24 * 3600

    init(store: String) throws(RuntimeError) {
        path = store + "/downloads"
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw .system(stage: "mkdir", errno: errno, path: path) }
    }

    func file(_ digest: Digest) -> String { path + "/" + digest.hex }

    /// Removes what was forgotten.
    /// - Parameter now: seconds since 1970.
    func sweep(now: Int) {
        for name in (try? DirectoryTree.names(in: path)) ?? [] {
            let file = path + "/" + name
            var information = stat()
            guard lstat(file, &information) == 0, now - information.st_mtim.tv_sec > Self.patience,
                let held = try? FileDescriptor.open(file, O_RDONLY | O_NOFOLLOW),
                flock(held.number, LOCK_EX | LOCK_NB) == 0
            else { continue }
            unlink(file)
        }
    }
}
