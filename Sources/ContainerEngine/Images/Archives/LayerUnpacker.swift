public import ContainerRuntime
import CLinux
public import LinuxKernel

/// Unpacks tar streams of image layers, and of others, into directories that only the harbour writes to.
public struct LayerUnpacker: Sendable {
    public let agent: ArchiveAgent

    /// How much one archive may hold: more is a mistake, or meant to fill the disk.
    public static let entryLimit = 4_000_000

    public init(agent: ArchiveAgent) {
        self.agent = agent
    }

    /// Unpacks a layer (plain, gzip, zstd, xz, bzip2) as a directory for overlayfs's `lowerdir`: whiteouts become the
    /// kernel's, owners the harbour's, device nodes are left out.
    /// - Parameters:
    ///   - stream: a file or pipe, read from where it stands to its end.
    ///   - directory: empty, belongs to the harbour's root.
    ///   - copy: gets the bytes as they came.
    ///   - byteLimit: of the uncompressed stream.
    /// - Throws: `.invalidArchive` if it is damaged, too large, or wants to reach out.
    public func unpackLayer(
        _ stream: FileDescriptor, into directory: FileDescriptor, copy: FileDescriptor? = nil, byteLimit: Int,
        progress: (@Sendable (ArchiveProgress) -> Void)? = nil
    ) async throws(RuntimeError) -> ArchiveResult {
        var job = ArchiveJob(operation: TAR_UNPACK)
        job.set(TAR_WHITEOUTS | TAR_KEEP_OWNERS | oneOwner)
        job.byteLimit = byteLimit
        job.entryLimit = Self.entryLimit
        job.descriptors = [directory, stream]
        if let copy {
            job.descriptors.append(copy)
            job.hasCopy = true
        }
        return try await agent.run(job, progress: progress)
    }

    /// Unpacks an archive of archives (`docker save`) or of somebody's files: no whiteouts.
    /// - Parameter path: a directory below `directory`, made if it is missing.
    public func unpackFiles(
        _ stream: FileDescriptor, into directory: FileDescriptor, path: String = "", name: String = "",
        keepOwners: Bool, keepKinds: Bool = false, byteLimit: Int?
    ) async throws(RuntimeError) -> ArchiveResult {
        var job = ArchiveJob(operation: TAR_UNPACK)
        if keepOwners { job.set(TAR_KEEP_OWNERS | oneOwner) }
        if keepKinds { job.set(TAR_KEEP_KINDS) }
        job.byteLimit = byteLimit
        job.entryLimit = Self.entryLimit
        job.path = path
        job.name = name
        job.descriptors = [directory, stream]
        return try await agent.run(job)
    }

    /// Only reads a stream, for its digests and sizes.
    public func digest(_ stream: FileDescriptor, byteLimit: Int) async throws(RuntimeError) -> ArchiveResult {
        var job = ArchiveJob(operation: TAR_DIGEST)
        job.byteLimit = byteLimit
        job.descriptors = [stream]
        return try await agent.run(job)
    }

    /// Where there is one id only, everything is its own.
    private var oneOwner: Int { agent.harbour.idCount == 1 ? Int(TAR_ONE_OWNER) : 0 }
}
