import ContainerRuntime
import Documents
import Glibc
import LinuxKernel
import OCI

/// Archives of images: what `docker save`, `podman save` and `skopeo copy` write.
extension ImageStore {
    /// Reads an archive and publishes what is in it.
    func load(from input: FileDescriptor) async throws(RuntimeError) -> [LoadedImage] {
        let staging = try await makeStaging()
        let agent = try agent()
        let tree = try staging.createTree("archive", owner: agent.harbour.rootID)
        _ = try await LayerUnpacker(agent: agent).unpackFiles(
            input, into: tree, keepOwners: false, byteLimit: try freeSpace())
        let archive = ImageArchive(root: tree)
        if let manifest = try archive.readIfPresent("manifest.json") {
            return try await loadDockerArchive(manifest, archive, staging)
        }
        if let index = try archive.readIfPresent("index.json") {
            return try await loadLayout(index, archive, staging)
        }
        throw .invalidArchive(
            reason:
                "this is no archive of images: it has neither manifest.json (docker save) nor index.json (OCI layout)")
    }

    /// docker's own format (moby image/spec, "Combined Image JSON + Filesystem Changeset Format").
    private func loadDockerArchive(
        _ bytes: [UInt8], _ archive: ImageArchive, _ staging: ImageStaging
    ) async throws(RuntimeError) -> [LoadedImage] {
        guard let images = (try? JSONValue(parsing: bytes))?.array else {
            throw .invalidArchive(reason: "manifest.json is not a list of images")
        }
        var loaded: [LoadedImage] = []
        var known: [Digest: StoredLayer] = [:]
        for image in images {
            guard let path = image["Config"]?.string, let layerPaths = image["Layers"]?.array else {
                throw .invalidArchive(reason: "manifest.json: Config or Layers is missing")
            }
            let configurationBytes = try archive.read(path)
            let configuration = try ImageArchive.configuration(configurationBytes)
            guard layerPaths.count == configuration.layers.count else {
                throw .invalidArchive(
                    reason: "invalid manifest, layers length mismatch: expected \(layerPaths.count), "
                        + "got \(configuration.layers.count)")
            }
            var wanted: [PackedLayer] = []
            for (value, diffID) in zip(layerPaths, configuration.layers) {
                guard let path = value.string else { throw .invalidArchive(reason: "manifest.json: Layers") }
                wanted.append(PackedLayer(path: path, diffID: diffID))
                if known[diffID] == nil { known[diffID] = try layer(unpackedAs: diffID) }
            }
            let layers = try await unpack(wanted, of: archive, in: staging, &known)
            let names = (image["RepoTags"]?.array ?? []).compactMap(\.string)
            loaded += try publish(
                ImageContent(configuration: configurationBytes, layers: layers, origin: "loaded from an archive"), names
            )
        }
        return loaded
    }

    /// An OCI image layout (OCI image-spec, image-layout.md).
    private func loadLayout(
        _ bytes: [UInt8], _ archive: ImageArchive, _ staging: ImageStaging
    ) async throws(RuntimeError) -> [LoadedImage] {
        var loaded: [LoadedImage] = []
        for (descriptor, annotations) in try archive.manifests(of: bytes, architecture: Self.architecture) {
            let manifestBytes = try archive.blob(descriptor)
            let manifest: ImageManifest
            do throws(OCIParseError) {
                manifest = try ImageManifest(parsing: manifestBytes)
            } catch {
                throw .invalidArchive(reason: "manifest \(descriptor.digest): \(error.sentence)")
            }
            let configurationBytes = try archive.blob(manifest.configuration)
            let configuration = try ImageArchive.configuration(configurationBytes)
            guard configuration.layers.count == manifest.layers.count else {
                throw .invalidArchive(reason: "manifest \(descriptor.digest): its layers are not the configuration's")
            }
            var wanted: [PackedLayer] = []
            for (layer, diffID) in zip(manifest.layers, configuration.layers) {
                wanted.append(
                    PackedLayer(
                        path: "blobs/sha256/" + layer.digest.hex, mediaType: layer.mediaType, digest: layer.digest,
                        diffID: diffID))
            }
            var known: [Digest: StoredLayer] = [:]
            for layer in manifest.layers {
                if let stored = try self.layer(layer.digest) { known[stored.diffID] = stored }
            }
            let layers = try await unpack(wanted, of: archive, in: staging, &known)
            // containerd's annotation has the whole name, OCI's often only the tag.
            let name = annotations["io.containerd.image.name"] ?? annotations["org.opencontainers.image.ref.name"]
            let names = name.map { $0.contains("/") || $0.contains(":") ? [$0] : [] } ?? []
            loaded += try publish(
                ImageContent(
                    configuration: configurationBytes, manifest: manifestBytes, layers: layers,
                    origin: "loaded from an archive"), names)
        }
        return loaded
    }

    // MARK: Layers

    /// A layer as an archive has it.
    private struct PackedLayer: Sendable {
        /// Of its file in the archive.
        var path: String
        /// Nil finds out.
        var mediaType: String?
        /// Of the file; nil accepts what is there.
        var digest: Digest?
        var diffID: Digest
    }

    /// Unpacks layers, as many at once as there are processors to decompress them.
    /// - Parameter known: those that need not be unpacked, by their diff ids; gets the others.
    private func unpack(
        _ wanted: [PackedLayer], of archive: ImageArchive, in staging: ImageStaging,
        _ known: inout [Digest: StoredLayer]
    ) async throws(RuntimeError) -> [StoredLayer] {
        var missing: [(layer: PackedLayer, file: FileDescriptor)] = []
        for layer in wanted where !missing.contains(where: { $0.layer.diffID == layer.diffID }) {
            if let stored = known[layer.diffID], layer.digest ?? stored.descriptor.digest == stored.descriptor.digest {
                continue
            }
            missing.append((layer, try archive.open(layer.path)))
        }
        let gate = TransferGate(width: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        let result = await withTaskGroup(of: Result<StoredLayer, RuntimeError>.self) { group in
            for (layer, file) in missing {
                group.addTask {
                    await Result { () async throws(RuntimeError) in
                        try await gate.pass { () async throws(RuntimeError) in
                            try await self.addLayer(
                                adopting: file, in: staging, mediaType: layer.mediaType, digest: layer.digest,
                                diffID: layer.diffID)
                        }
                    }
                }
            }
            var done: [StoredLayer] = []
            var failure: RuntimeError?
            for await result in group {
                switch result {
                case .success(let layer): done.append(layer)
                case .failure(let error):
                    // The first one is the reason; the others were stopped by it.
                    if failure == nil { failure = error }
                    group.cancelAll()
                }
            }
            return failure.map { Result<[StoredLayer], RuntimeError>.failure($0) } ?? .success(done)
        }
        for layer in try result.get() { known[layer.diffID] = layer }
        return wanted.compactMap { known[$0.diffID] }
    }

    private func publish(_ content: ImageContent, _ names: [String]) throws(RuntimeError) -> [LoadedImage] {
        var references: [ImageReference] = []
        for name in names {
            do throws(ImageReferenceError) {
                references.append(try ImageReference(name))
            } catch {
                throw .invalidArchive(reason: "\(name): \(error)")
            }
        }
        let summary = try publish(content, as: references)
        return references.isEmpty ? [.unnamed(summary.id)] : references.map { .named($0.familiar) }
    }
}
