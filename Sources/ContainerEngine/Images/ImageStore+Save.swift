import ContainerRuntime
import Documents
import Glibc
import LinuxKernel
import OCI

/// Archives that both `docker load` and readers of OCI image layouts understand: the layout's blobs, its index, and
/// docker's manifest.json that points into them.
extension ImageStore {
    func save(_ references: [String], to output: FileDescriptor) async throws(RuntimeError) {
        let agent = try agent()
        let (staging, tree) = try await stageArchive(references, owner: agent.harbour.rootID)
        // What is staged goes when nobody holds it any more.
        defer { withExtendedLifetime(staging) {} }
        _ = try await LayerPacker(agent: agent).packFiles(tree, isAnonymous: true, to: output)
    }

    /// The files of the archive, the blobs as further names of the store's own.
    private func stageArchive(
        _ references: [String], owner: UInt32
    ) async throws(RuntimeError) -> (ImageStaging, FileDescriptor) {
        var images: [(image: StoredImage, names: [String])] = []
        for reference in references {
            let image = try present(reference)
            let isName = (try? ImageReference(reference)).map(hasName) ?? false
            let name = isName ? (try? ImageReference(reference))?.description : nil
            if let index = images.firstIndex(where: { $0.image.manifestDigest == image.manifestDigest }) {
                if let name, !images[index].names.contains(name) { images[index].names.append(name) }
            } else {
                images.append((image, name.map { [$0] } ?? []))
            }
        }
        let staging = try await makeStaging()
        let tree = try staging.createTree("archive", owner: owner)
        let place = staging.path + "/archive"
        for directory in ["/blobs", "/blobs/sha256"] {
            guard mkdir(place + directory, 0o755) == 0, chmod(place + directory, 0o755) == 0 else {
                throw .system(stage: "mkdir", errno: errno, path: place + directory)
            }
        }
        var index: [JSONValue] = []
        var manifests: [JSONValue] = []
        for (image, names) in images {
            let configuration = Digest(of: image.configurationBytes)
            for digest in [image.manifestDigest, configuration] + image.layerDescriptors.map(\.digest) {
                let source = files.blob(digest)
                let target = "\(place)/blobs/sha256/\(digest.hex)"
                if link(source, target) != 0, errno != EEXIST {
                    throw .system(stage: "save blob", errno: errno, path: source)
                }
            }
            index += Self.indexEntries(image, names)
            manifests.append([
                "Config": .string("blobs/sha256/" + configuration.hex),
                "RepoTags": names.isEmpty
                    ? .null : .array(names.map { .string((try? ImageReference($0).familiar) ?? $0) }),
                "Layers": .array(image.layerDescriptors.map { .string("blobs/sha256/" + $0.digest.hex) }),
            ])
        }
        let documents: [(String, JSONValue)] = [
            ("oci-layout", ["imageLayoutVersion": "1.0.0"]),
            (
                "index.json",
                [
                    "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
                    "manifests": .array(index),
                ]
            ),
            ("manifest.json", .array(manifests)),
        ]
        for (name, document) in documents { try StoredFile(creating: "\(place)/\(name)").write(document.encoded()) }
        return (staging, tree)
    }

    private static func indexEntries(_ image: StoredImage, _ names: [String]) -> [JSONValue] {
        let type = (try? JSONValue(parsing: image.manifestBytes))?["mediaType"]?.string ?? ImageManifest.mediaType
        let entry = ContentDescriptor(
            mediaType: type, digest: image.manifestDigest, size: image.manifestBytes.count
        ).document
        if names.isEmpty { return [entry] }
        return names.map { name in
            var entry = entry
            let tag = (try? ImageReference(name))?.tag ?? "latest"
            entry["annotations"] = [
                "io.containerd.image.name": .string(name), "org.opencontainers.image.ref.name": .string(tag),
            ]
            return entry
        }
    }
}
