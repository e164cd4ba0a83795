public import ContainerRuntime
import CLinux
public import LinuxKernel

/// Packs directories of the harbour into tar streams: the same bytes from the same files, whenever it is done.
public struct LayerPacker: Sendable {
    public let agent: ArchiveAgent

    public init(agent: ArchiveAgent) {
        self.agent = agent
    }

    /// Packs an overlay's upper directory, or a whole tree, as a layer: names relative to the directory, sorted; owners as
    /// containers count; overlayfs's whiteouts as the image format has them.
    /// - Parameters:
    ///   - stream: a file or pipe.
    ///   - gzip: the stream is compressed.
    public func packLayer(
        _ directory: FileDescriptor, to stream: FileDescriptor, gzip: Bool = false,
        progress: (@Sendable (ArchiveProgress) -> Void)? = nil
    ) async throws(RuntimeError) -> ArchiveResult {
        var job = ArchiveJob(operation: TAR_PACK)
        job.set(TAR_WHITEOUTS)
        if gzip { job.set(TAR_GZIP) }
        job.descriptors = [directory, stream]
        return try await agent.run(job, progress: progress)
    }

    /// Packs files as they are.
    /// - Parameters:
    ///   - path: a file or directory below `directory`; links on the way to it do not lead out.
    ///   - name: what it is called in the stream; empty packs what is in the directory `path`.
    ///   - follow: a link that `path` ends in is followed.
    ///   - isAnonymous: the files are root's and of no time.
    ///   - onlyOneMount: what is mounted there is left out.
    public func packFiles(
        _ directory: FileDescriptor, path: String = "", name: String = "", follow: Bool = false,
        isAnonymous: Bool = false, onlyOneMount: Bool = false, to stream: FileDescriptor
    ) async throws(RuntimeError) -> ArchiveResult {
        var job = ArchiveJob(operation: TAR_PACK)
        if isAnonymous { job.set(TAR_ANONYMOUS) }
        if onlyOneMount { job.set(TAR_ONE_MOUNT) }
        if follow { job.set(TAR_FOLLOW) }
        job.path = path
        job.name = name
        job.descriptors = [directory, stream]
        return try await agent.run(job)
    }

    /// Compresses a stream with gzip, always to the same bytes.
    public func compress(
        _ input: FileDescriptor, to output: FileDescriptor, progress: (@Sendable (ArchiveProgress) -> Void)? = nil
    ) async throws(RuntimeError) -> ArchiveResult {
        var job = ArchiveJob(operation: TAR_COMPRESS)
        job.descriptors = [input, output]
        return try await agent.run(job, progress: progress)
    }
}
