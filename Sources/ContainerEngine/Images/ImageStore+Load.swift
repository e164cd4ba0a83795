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
        var known: [String: StoredLayer] = [:]
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
            var layers: [StoredLayer] = []
            for (value, diffID) in zip(layerPaths, configuration.layers) {
                guard let path = value.string else { throw .invalidArchive(reason: "manifest.json: Layers") }
                if known[path] == nil {
                    known[path] = try await addLayer(stream: try archive.open(path), in: staging, diffID: diffID)
                }
                if let layer = known[path] { layers.append(layer) }
            }
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
            var layers: [StoredLayer] = []
            for (layer, diffID) in zip(manifest.layers, configuration.layers) {
                if let known = try self.layer(layer.digest), known.diffID == diffID {
                    layers.append(known)
                    continue
                }
                layers.append(
                    try await addLayer(
                        stream: try archive.open("blobs/sha256/" + layer.digest.hex), in: staging,
                        mediaType: layer.mediaType, digest: layer.digest, diffID: diffID))
            }
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
