import ContainerRuntime
import Documents
import Glibc
import LinuxKernel
import OCI

/// The results of build steps, in `steps/KEY` of the store's directory. A record is a promise that can be broken: where
/// its layer is gone, the step is run again.
extension ImageStore {
    private var stepsDirectory: String { files.directory + "/steps" }

    /// The record under `key`, with its layer in its place, where it stays as long as this process may use it.
    func step(_ key: String) -> StepRecord? {
        let path = "\(stepsDirectory)/\(key)"
        guard let bytes = try? StoredFile(reading: path).readAll(), let record = StepRecord(key: key, parsing: bytes)
        else { return nil }
        if let layer = record.layer {
            guard files.hasBlob(layer.descriptor.digest), (try? hold(layer.diffID)) != nil else { return nil }
        }
        // Its time is that of the last use.
        utimensat(AT_FDCWD, path, nil, 0)
        return record
    }

    /// The layer of a record, to publish an image with.
    func layer(of record: StepRecord) -> StoredLayer? {
        record.layer.map { StoredLayer(descriptor: $0.descriptor, diffID: $0.diffID, size: record.size) }
    }

    /// Puts a layer in its place and writes the record for it.
    /// - Returns: the layer as the store has it now.
    func keep(_ record: StepRecord, _ layer: StoredLayer?) throws(RuntimeError) -> StoredLayer? {
        let lock = try files.lock()
        if let layer {
            if !files.hasLayer(layer.diffID), let tree = layer.tree {
                try files.publish(tree, asLayer: layer.diffID)
            }
            if !files.hasBlob(layer.descriptor.digest), let blob = layer.blobFile {
                try files.publish(blob, asBlob: layer.descriptor.digest)
            }
            try hold(layer.diffID)
        }
        mkdir(stepsDirectory, 0o755)
        try files.replace("\(stepsDirectory)/\(record.key)", with: record.document.encoded())
        _ = consume lock
        return self.layer(of: record)
    }

    /// Makes a layer of an overlay's upper directory that lies in a staging already: it need only be read, for its stream,
    /// and is moved into its place.
    /// - Parameters:
    ///   - path: below the staging.
    ///   - directory: the same, opened by the harbour.
    func addLayer(
        moving path: String, opened directory: FileDescriptor, in staging: ImageStaging
    ) async throws(RuntimeError) -> StoredLayer {
        let name = "\(UInt64.random(in: .min ... .max))"
        let blob = try staging.createFile(name + ".blob")
        let result = try await LayerPacker(agent: try agent()).packLayer(directory, to: blob)
        let tree = "\(staging.path)/\(name).layer"
        guard rename("\(staging.path)/\(path)", tree) == 0 else {
            throw .system(stage: "rename", errno: errno, path: tree)
        }
        return StoredLayer(
            descriptor: ContentDescriptor(
                mediaType: ImageManifest.layerMediaType, digest: result.blobDigest, size: result.blobSize),
            diffID: result.streamDigest, size: result.fileSize, blobFile: "\(staging.path)/\(name).blob", tree: tree,
            staging: staging)
    }

    /// All records, last used first.
    func steps() -> [StepRecord] {
        var records: [StepRecord] = []
        for key in files.names(in: "steps") {
            let path = "\(stepsDirectory)/\(key)"
            var status = stat()
            guard stat(path, &status) == 0, let bytes = try? StoredFile(reading: path).readAll(),
                var record = StepRecord(key: key, parsing: bytes)
            else { continue }
            record.lastUsedAt = Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
            records.append(record)
        }
        return records.sorted { ($0.lastUsedAt, $0.key) > ($1.lastUsedAt, $1.key) }
    }

    /// Layers that records stand on, which are kept although no image has them.
    func layersOfSteps() -> Set<Digest> { Set(steps().compactMap(\.layer?.diffID)) }

    /// Removes records.
    func forgetSteps(_ keys: [String]) throws(RuntimeError) {
        let lock = try files.lock()
        for key in keys { unlink("\(stepsDirectory)/\(key)") }
        _ = consume lock
    }

    /// Where the layers (bottom first) are on this machine, top first.
    func directories(of layers: [Digest]) throws(RuntimeError) -> [String] {
        for layer in layers { try hold(layer) }
        return layers.reversed().map { files.layer($0) }
    }
}
