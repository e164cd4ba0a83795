import ContainerRuntime
import Glibc
import LinuxKernel
import OCI

/// Keeps a layer in the store while this value lives, against every process that removes images.
struct LayerHold: Sendable {
    private let file: FileDescriptor

    /// - Parameter exclusive: nobody else holds it, and nobody will until it is let go; nil where somebody does.
    init?(_ path: String, exclusive: Bool) throws(RuntimeError) {
        while true {
            let file = try ImageStaging.open(path, O_RDONLY | O_CREAT)
            while flock(file.number, exclusive ? LOCK_EX | LOCK_NB : LOCK_SH) != 0 {
                if errno == EWOULDBLOCK { return nil }
                if errno != EINTR { throw .system(stage: "flock", errno: errno, path: path) }
            }
            // Who removed the layer removed this file too, before it was locked here.
            var locked = stat()
            var named = stat()
            if fstat(file.number, &locked) == 0, stat(path, &named) == 0, locked.st_ino == named.st_ino {
                self.file = file
                return
            }
        }
    }
}
