/// A container's files, whether it runs or not.
public protocol FileCopyService: Sendable {
    /// What the container's writable layer changes of its image, sorted by path.
    func changes(_ id: String) async throws(RuntimeError) -> [FileChange]
    /// Writes the container's whole file tree as a tar stream, without what is mounted in it.
    func exportContainer(_ id: String, to output: Int32) async throws(RuntimeError)
    /// What is at a place.
    /// - Parameter follow: a symbolic link that the path ends in is followed.
    /// - Throws: `.system` with `ENOENT`.
    func look(at place: FilePlace, follow: Bool) async throws(RuntimeError) -> FileFacts
    /// Copies a file or a tree. Symbolic links on the way lead nowhere out of either side.
    /// - Parameters:
    ///   - name: what it is called in the target, which is a directory; empty copies what is in the source, a directory.
    ///     A stream keeps the names it has.
    ///   - follow: a symbolic link that the source's path ends in is followed.
    ///   - keepOwners: as they are at the source, else whoever is root of the target.
    /// - Returns: the bytes of the tar stream in between.
    func copyFiles(
        from source: FilePlace, to target: FilePlace, name: String, follow: Bool, keepOwners: Bool
    ) async throws(RuntimeError) -> Int
}

/// Where files are copied from and to.
public enum FilePlace: Sendable, Hashable {
    /// A path of a container, whether it runs or not.
    case container(String, path: String)
    /// A path below a directory that the caller has open.
    case directory(Int32, path: String)
    /// A tar stream.
    case stream(Int32)
}

/// A file that differs from the image's.
public struct FileChange: Sendable, Hashable {
    /// As `docker diff` marks them.
    public enum Kind: String, Sendable, Hashable {
        case added = "A"
        case changed = "C"
        case deleted = "D"
    }
    public var kind: Kind
    public var path: String

    public init(kind: Kind, path: String) {
        self.kind = kind
        self.path = path
    }
}

/// What stat(2) says of a file, as far as it matters for copying.
public struct FileFacts: Sendable, Hashable {
    /// `st_mode`
    public var mode: UInt32
    public var size: Int

    public init(mode: UInt32, size: Int) {
        self.mode = mode
        self.size = size
    }

    public var isDirectory: Bool { mode & 0o170000 == 0o040000 }
    public var isSymbolicLink: Bool { mode & 0o170000 == 0o120000 }
}
