import ContainerRuntime
import Glibc

/// A directory for what is downloaded and unpacked on the way to an image: one user at a time, emptied when it is taken
/// and when it is given back, so that nothing stays of one that was interrupted.
final class RecipeWorkspace {
    let directory: String
    private let lock: StoredFile

    /// Waits until nobody else has it.
    init(_ directory: String) throws(RuntimeError) {
        self.directory = directory
        try ContainerEngine.makeDirectory(directory)
        lock = try StoredFile(directory + ".lock", O_RDWR | O_CREAT)
        while flock(lock.descriptor, LOCK_EX) != 0 {
            if errno != EINTR { throw .system(stage: "flock", errno: errno, path: directory) }
        }
        FileTree.removeContents(of: directory)
    }

    deinit {
        FileTree.removeContents(of: directory)
    }
}
