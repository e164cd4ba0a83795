public import ContainerRuntime
import Documents
import Glibc
public import LinuxKernel
public import OCI

/// How images come into the store.
extension ImageStore {
    /// A place for what is being made or downloaded; it goes when nobody holds it any more, also by a crash.
    public func makeStaging() async throws(RuntimeError) -> ImageStaging {
        await sweep(files.abandonedStagings(holding: try files.lock()))
        return try files.staging(holding: try files.lock(), remove: remover)
    }

    /// Removes what somebody left half made who was killed.
    func sweepAbandoned() async {
        // A store that nobody has left anything in is not touched, and may be read only.
        guard !files.names(in: "temporary").isEmpty, let lock = try? files.lock() else { return }
        let abandoned = files.abandonedStagings(holding: lock)
        _ = consume lock
        await sweep(abandoned)
    }

    /// Whether the store has a blob, which then need not be downloaded.
    public func hasBlob(_ digest: Digest) -> Bool { files.hasBlob(digest) }

    /// Opens a blob for reading. Its content was checked when it came.
    public func openBlob(_ digest: Digest) throws(RuntimeError) -> FileDescriptor {
        try ImageStaging.open(files.blob(digest), O_RDONLY)
    }

    /// The bytes of a document's blob, checked again.
    public func readBlob(_ digest: Digest) throws(RuntimeError) -> [UInt8] { try files.get(digest) }

    /// The layer that the store has as a blob with that digest, unpacked; nil if it has not.
    public func layer(_ digest: Digest) throws(RuntimeError) -> StoredLayer? {
        try layer { $0.descriptor.digest == digest }
    }

    /// The layer of the store whose tar stream has that digest, whatever its blob is compressed with; nil if there is none.
    func layer(unpackedAs diffID: Digest) throws(RuntimeError) -> StoredLayer? {
        try layer { $0.diffID == diffID && files.hasBlob($0.descriptor.digest) }
    }

    private func layer(where isWanted: (StoredLayer) -> Bool) throws(RuntimeError) -> StoredLayer? {
        try load()
        for image in cache.images.values {
            if let layer = storedLayers(of: image).first(where: isWanted) {
                // From here on it is not swept.
                try hold(layer.diffID)
                return layer
            }
        }
        return nil
    }

    /// Unpacks a layer's blob that lies in a staging.
    /// - Parameters:
    ///   - name: the file in `staging`; `publish` moves it into the store.
    ///   - mediaType: as the manifest says it.
    ///   - digest: of the blob; nil accepts what is there.
    ///   - diffID: as the configuration says it; nil accepts what is there.
    /// - Throws: `.invalidArchive` if it is damaged, hostile, or another than its digests say.
    public func addLayer(
        file name: String, in staging: ImageStaging, mediaType: String, digest: Digest? = nil, diffID: Digest? = nil,
        progress: (@Sendable (ArchiveProgress) -> Void)? = nil
    ) async throws(RuntimeError) -> StoredLayer {
        let path = "\(staging.path)/\(name)"
        let stream = try ImageStaging.open(path, O_RDONLY)
        return try await unpack(
            stream, blob: path, copy: nil, in: staging, mediaType: mediaType, digest: digest, diffID: diffID, progress)
    }

    /// Unpacks a layer that comes as a stream, and keeps the stream as its blob.
    /// - Parameter mediaType: nil finds out.
    public func addLayer(
        stream: FileDescriptor, in staging: ImageStaging, mediaType: String? = nil,
        digest: Digest? = nil, diffID: Digest? = nil, progress: (@Sendable (ArchiveProgress) -> Void)? = nil
    ) async throws(RuntimeError) -> StoredLayer {
        let name = "\(UInt64.random(in: .min ... .max)).blob"
        let copy = try staging.createFile(name)
        return try await unpack(
            stream, blob: "\(staging.path)/\(name)", copy: copy, in: staging, mediaType: mediaType, digest: digest,
            diffID: diffID, progress)
    }

    /// Unpacks a layer's blob that is a file of its own already, on the store's disk, which nobody writes to any more: it
    /// gets a second name, which `publish` moves into the store, and is not copied.
    func addLayer(
        adopting file: FileDescriptor, in staging: ImageStaging, mediaType: String?, digest: Digest?, diffID: Digest?
    ) async throws(RuntimeError) -> StoredLayer {
        let blob = "\(staging.path)/\(UInt64.random(in: .min ... .max)).blob"
        guard linkat(AT_FDCWD, "/proc/self/fd/\(file.number)", AT_FDCWD, blob, AT_SYMLINK_FOLLOW) == 0,
            geteuid() != 0 || fchown(file.number, 0, 0) == 0, fchmod(file.number, 0o644) == 0
        else {
            // Not every file system has links.
            unlink(blob)
            return try await addLayer(
                stream: file, in: staging, mediaType: mediaType, digest: digest, diffID: diffID)
        }
        return try await unpack(
            file, blob: blob, copy: nil, in: staging, mediaType: mediaType, digest: digest, diffID: diffID, nil)
    }

    /// Makes a layer of a directory of the harbour: an overlay's upper directory with its whiteouts, or a whole tree.
    /// - Parameter directory: as `Harbour.openTree` gives it. Nobody should write to it meanwhile.
    public func addLayer(
        packing directory: FileDescriptor, in staging: ImageStaging,
        progress: (@Sendable (ArchiveProgress) -> Void)? = nil
    ) async throws(RuntimeError) -> StoredLayer {
        let name = "\(UInt64.random(in: .min ... .max)).blob"
        let blob = try staging.createFile(name)
        _ = try await LayerPacker(agent: try agent()).packLayer(directory, to: blob, progress: progress)
        return try await addLayer(file: name, in: staging, mediaType: ImageManifest.layerMediaType)
    }

    private func unpack(
        _ stream: FileDescriptor, blob: String, copy: FileDescriptor?, in staging: ImageStaging, mediaType: String?,
        digest: Digest?, diffID: Digest?, _ progress: (@Sendable (ArchiveProgress) -> Void)?
    ) async throws(RuntimeError) -> StoredLayer {
        let agent = try agent()
        let unpacker = LayerUnpacker(agent: agent)
        let tree = "\(UInt64.random(in: .min ... .max)).layer"
        let directory = try staging.createTree(tree, owner: agent.harbour.rootID)
        let result = try await unpacker.unpackLayer(
            stream, into: directory, copy: copy, byteLimit: try freeSpace(), progress: progress)
        if let digest, digest != result.blobDigest {
            throw .invalidArchive(reason: "layer is not what its digest says: \(digest), but has \(result.blobDigest)")
        }
        if let diffID, diffID != result.streamDigest {
            throw .invalidArchive(
                reason: "layer is not what the configuration says: \(diffID), but unpacks to \(result.streamDigest)")
        }
        var type = mediaType
        if type == nil { type = try Self.layerMediaType(blob) }
        return StoredLayer(
            descriptor: ContentDescriptor(
                mediaType: type ?? ImageManifest.layerMediaType, digest: result.blobDigest, size: result.blobSize),
            diffID: result.streamDigest, size: result.fileSize, blobFile: blob, tree: "\(staging.path)/\(tree)",
            staging: staging)
    }

    /// The kind of a layer, by the first bytes of its blob.
    private static func layerMediaType(_ path: String) throws(RuntimeError) -> String {
        var start = [UInt8](repeating: 0, count: 4)
        let count = try StoredFile(reading: path).read(into: &start, atMost: 4)
        if count >= 2, start.starts(with: [0x1F, 0x8B]) { return ImageManifest.layerMediaType + "+gzip" }
        if count == 4, start == [0x28, 0xB5, 0x2F, 0xFD] { return ImageManifest.layerMediaType + "+zstd" }
        return ImageManifest.layerMediaType
    }

    /// Puts an image into the store with all that belongs to it, and gives it names, which other images may lose by it.
    /// - Parameter references: none leaves it without a name.
    /// - Throws: `.invalidArchive` if configuration, manifest and layers do not belong together.
    @discardableResult
    public func publish(
        _ content: ImageContent, as references: [ImageReference]
    ) throws(RuntimeError) -> ImageSummary {
        try place(content, as: references, nil, holding: try files.lock()).summary
    }

    func place(
        _ content: ImageContent, as references: [ImageReference], _ fingerprint: String?,
        holding lock: borrowing ImageStoreFiles.Lock
    ) throws(RuntimeError) -> StoredImage {
        let manifest = try content.checkedManifest()
        for layer in content.layers {
            if !files.hasLayer(layer.diffID) {
                guard let tree = layer.tree else {
                    throw .system(stage: "layer", errno: ENOENT, path: files.layer(layer.diffID))
                }
                try files.publish(tree, asLayer: layer.diffID)
            }
            if !files.hasBlob(layer.descriptor.digest), let blob = layer.blobFile {
                try files.publish(blob, asBlob: layer.descriptor.digest)
            }
        }
        _ = try files.put(content.configuration, mediaType: ImageConfiguration.mediaType)
        let descriptor = try files.put(manifest, mediaType: ImageManifest.mediaType)
        var table = try files.references()
        var record = table.images[descriptor.digest] ?? ReferenceTable.Image()
        record.origin = content.origin
        record.size = content.layers.reduce(0) { $0 + $1.size }
        record.addedAt = record.addedAt ?? Int(WallClock.seconds())
        record.parent = content.parent
        if let known = content.repositoryDigest { record.repositoryDigests.insert(known) }
        table.images[descriptor.digest] = record
        for layer in content.layers { table.layerSizes[layer.diffID] = layer.size }
        for reference in references {
            let name = reference.description
            let old = table.entries[name]
            table.entries[name] = ReferenceTable.Entry(manifest: descriptor.digest, fingerprint: fingerprint)
            // What a recipe made is made again whenever it is wanted; it need not stay without a name.
            if let old, old.fingerprint != nil, old.manifest != descriptor.digest,
                table.names(of: old.manifest).isEmpty
            {
                table.images[old.manifest] = nil
            }
        }
        try files.replaceReferences(table)
        try load()
        guard let stored = cache.images[descriptor.digest] else {
            throw .system(stage: "publish image", errno: ENOENT, path: files.blob(descriptor.digest))
        }
        return stored
    }

    /// The layers of an image of the store, bottom first.
    func storedLayers(of image: StoredImage) -> [StoredLayer] {
        zip(image.layerDescriptors, image.configuration.layers).map { descriptor, diffID in
            StoredLayer(descriptor: descriptor, diffID: diffID, size: cache.table.layerSizes[diffID] ?? 0)
        }
    }

    /// Keeps a layer from being removed as long as this process may use it.
    func hold(_ layer: Digest) throws(RuntimeError) {
        if holds[layer] != nil { return }
        try files.makeDirectoryOfHolds()
        holds[layer] = try StoreHold(files.hold(layer), exclusive: false)
        guard files.hasLayer(layer) else {
            holds[layer] = nil
            throw .system(stage: "layer", errno: ENOENT, path: files.layer(layer))
        }
    }

    func agent() throws(RuntimeError) -> ArchiveAgent {
        guard let archives else {
            throw .unavailable(reason: "archives are unpacked in the harbour, and there is none")
        }
        return archives
    }

    /// What an archive may unpack to: what is free, but for a little that others need.
    func freeSpace() throws(RuntimeError) -> Int {
        var status = statvfs()
        guard statvfs(files.directory, &status) == 0 else {
            throw .system(stage: "statvfs", errno: errno, path: files.directory)
        }
        return max(1, Int(status.f_bavail) * Int(status.f_frsize) - (64 << 20))
    }

    // MARK: Removing what is not wanted any more

    /// Removes a directory of the store, whoever its files belong to.
    nonisolated var remover: @Sendable (String) -> Void {
        let archives = archives
        let directory = files.directory
        return { path in
            FileTree.remove(path)
            guard let archives, access(path, F_OK) == 0 else { return }
            Task { await archives.harbour.removeTree(path, ofStore: directory) }
        }
    }

    /// Removes directories that were left in `temporary`.
    func sweep(_ paths: [String]) async {
        for path in paths {
            FileTree.remove(path)
            if access(path, F_OK) == 0 { await archives?.harbour.removeTree(path, ofStore: files.directory) }
        }
    }
}

extension ImageContent {
    /// The manifest's bytes, which fit the configuration and the layers.
    func checkedManifest() throws(RuntimeError) -> [UInt8] {
        let configuration: ImageConfiguration
        do throws(OCIParseError) {
            configuration = try ImageConfiguration(parsing: self.configuration)
        } catch {
            throw .invalidArchive(reason: "image configuration: \(error.sentence)")
        }
        guard configuration.layers == layers.map(\.diffID) else {
            throw .invalidArchive(reason: "the configuration's layers are not those of the image")
        }
        let own = ImageManifest(
            configuration: ContentDescriptor(
                mediaType: ImageConfiguration.mediaType, digest: Digest(of: self.configuration),
                size: self.configuration.count),
            layers: layers.map(\.descriptor))
        guard let manifest else { return own.document.encoded() }
        let given: ImageManifest
        do throws(OCIParseError) {
            given = try ImageManifest(parsing: manifest)
        } catch {
            throw .invalidArchive(reason: "image manifest: \(error.sentence)")
        }
        guard given.configuration.digest == own.configuration.digest,
            given.layers.map(\.digest) == own.layers.map(\.digest)
        else { throw .invalidArchive(reason: "the manifest is not that of the configuration and the layers") }
        return manifest
    }
}

extension OCIParseError {
    /// What is wrong, in words.
    var sentence: String {
        switch self {
        case .notJSON: "not JSON"
        case .missing(let field): "\(field) is missing"
        case .wrongType(let field, let expected): "\(field) must be \(expected)"
        }
    }
}
