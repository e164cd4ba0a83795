import CLinux
public import ContainerRuntime
import Glibc
import LinuxKernel

/// A container's files are read and written by kijabi-archive, shut into the container's root: a link that somebody turns
/// round meanwhile leads nowhere else.
extension ContainerEngine: FileCopyService {
    public func changes(_ id: String) async throws(RuntimeError) -> [FileChange] {
        let record = try record(id)
        let upper: FileDescriptor
        do throws(RuntimeError) {
            upper = try await harbour.openTree(Self.layerPath(record.id, record.configuration) + "/upper")
        } catch {
            // It has never run.
            if case .system(_, ENOENT, _) = error { return [] }
            throw error
        }
        var job = ArchiveJob(operation: TAR_CHANGES)
        let list: FileDescriptor
        do throws(Errno) {
            list = try MemoryFile.make("changes")
        } catch {
            throw .system(stage: "memfd_create", errno: error.code, path: nil)
        }
        job.descriptors = [upper, list]
        for path in record.lowerPaths { job.descriptors.append(try await harbour.openTree(path)) }
        let result = try await agent().run(job)
        return Self.parseChanges(list, size: result.blobSize)
    }

    private static func parseChanges(_ list: FileDescriptor, size: Int) -> [FileChange] {
        var bytes = [UInt8](repeating: 0, count: size)
        let count = pread(list.number, &bytes, size, 0)
        return bytes.prefix(max(0, count)).split(separator: 0).compactMap { line in
            let text = String(decoding: line.dropFirst(), as: UTF8.self)
            guard let kind = FileChange.Kind(rawValue: String(decoding: line.prefix(1), as: UTF8.self)) else {
                return nil
            }
            // Places that every container's own mounts are put on belong to nobody.
            return kind == .added && ownPlaces.contains(text) ? nil : FileChange(kind: kind, path: text)
        }
    }

    private static let ownPlaces: Set<String> = [
        "/dev", "/proc", "/sys", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf",
    ]

    public func exportContainer(_ id: String, to output: Int32) async throws(RuntimeError) {
        let record = try record(id)
        let packer = LayerPacker(agent: try agent())
        _ = try await packer.packFiles(
            try await root(of: record), onlyOneMount: true, to: try Self.duplicate(output))
    }

    public func look(at place: FilePlace, follow: Bool) async throws(RuntimeError) -> FileFacts {
        guard let (tree, path) = try await tree(of: place) else {
            throw .invalid(field: "path", reason: "a stream is at no path")
        }
        var job = ArchiveJob(operation: TAR_LOOK)
        if follow { job.set(TAR_FOLLOW) }
        job.path = path
        job.descriptors = [tree]
        let result = try await agent().run(job)
        return FileFacts(mode: UInt32(truncatingIfNeeded: result.entries), size: result.fileSize)
    }

    public func copyFiles(
        from source: FilePlace, to target: FilePlace, name: String, follow: Bool, keepOwners: Bool
    ) async throws(RuntimeError) -> Int {
        let agent = try agent()
        var pack = ArchiveJob(operation: TAR_PACK)
        if follow { pack.set(TAR_FOLLOW) }
        pack.name = name
        var unpack = ArchiveJob(operation: TAR_UNPACK)
        unpack.set(TAR_KEEP_KINDS)
        if keepOwners { unpack.set(TAR_KEEP_OWNERS) }
        if keepOwners, harbour.idCount == 1 { unpack.set(TAR_ONE_OWNER) }
        unpack.entryLimit = LayerUnpacker.entryLimit
        let from = try await tree(of: source)
        let to = try await tree(of: target)
        if let from {
            pack.path = from.path
            pack.descriptors = [from.tree]
        }
        if let to {
            unpack.path = to.path
            unpack.descriptors = [to.tree]
        }
        switch (source, target) {
        case (.stream(let input), _):
            unpack.descriptors.append(try Self.duplicate(input))
            return try await agent.run(unpack).streamSize
        case (_, .stream(let output)):
            pack.descriptors.append(try Self.duplicate(output))
            return try await agent.run(pack).streamSize
        default: return try await agent.run(pack, into: unpack)
        }
    }

    private func tree(of place: FilePlace) async throws(RuntimeError) -> (tree: FileDescriptor, path: String)? {
        switch place {
        case .container(let id, let path): return try await tree(of: try record(id), for: path)
        case .directory(let descriptor, let path): return (try Self.duplicate(descriptor), path)
        case .stream: return nil
        }
    }

    private func agent() throws(RuntimeError) -> ArchiveAgent {
        ArchiveAgent(harbour: harbour, program: configuration.archiveProgram)
    }

    /// The directory that shows `path`, and the rest of the path below it. While the container runs its root shows its
    /// mounts too; else a volume is looked into where it lies.
    private func tree(of record: ContainerRecord, for path: String) async throws(RuntimeError)
        -> (tree: FileDescriptor, path: String)
    {
        let path = path.hasPrefix("/") ? path : "/" + path
        guard record.process == nil else { return (try await root(of: record), path) }
        for mount in record.configuration.mounts.sorted(by: { $0.target.utf8.count > $1.target.utf8.count }) {
            let target = mount.target.hasSuffix("/") ? String(mount.target.dropLast()) : mount.target
            guard path == target || path.hasPrefix(target + "/"), case .volume(let name) = mount.source else {
                continue
            }
            let volume = harbourPath(try volumePath(name))
            return (try await harbour.openTree(volume), String(path.dropFirst(target.count)))
        }
        return (try await root(of: record), path)
    }

    /// The container's root: its own while it runs, else the same layers mounted for whoever asks.
    private func root(of record: ContainerRecord) async throws(RuntimeError) -> FileDescriptor {
        if let process = record.process {
            do throws(Errno) {
                let root = try FileDescriptor.open(
                    "/proc/\(process.pid)/root", FileDescriptor.pathOnly | O_DIRECTORY)
                // The number may be another process's by now, with another root.
                try checked { kijabi_pidfd_send_signal(process.pidfd.number, 0) }
                return root
            } catch {
                throw .system(stage: "open root", errno: error.code, path: nil)
            }
        }
        var contents = ZygoteMessage()
        contents.add(ZYGOTE_ARGUMENT, "root")
        for path in record.lowerPaths { contents.add(ZYGOTE_LOWER, path) }
        contents.add(ZYGOTE_UPPER, Self.layerPath(record.id, record.configuration))
        return FileDescriptor(owning: try Harbour.take(try await harbour.ask(ZYGOTE_OPEN_ROOT, 0, 0, 0, contents)))
    }
}
