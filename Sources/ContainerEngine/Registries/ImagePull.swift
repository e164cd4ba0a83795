import ContainerRuntime
import Glibc
import LinuxKernel
import OCI
import Registry

/// One image on its way from a registry into the store: manifest, configuration, then the layers that are missing, each
/// unpacked as soon as it is here while others still come. The name is given last, so that a pull that fails changes nothing.
struct ImagePull: Sendable {
    /// Bytes; docker refuses longer configurations too.
    private static let configurationLimit = 8 << 20
    private static let layerLimit = 500
    /// Layers that are fetched at once, as docker does it, and that are unpacked at once.
    private static let downloads = 3
    private static let unpackings = 2

    let store: ImageStore
    let client: RegistryClient
    let reference: ImageReference
    /// Nil is this machine's.
    let platform: Platform?
    let directory: DownloadDirectory
    let progress: @Sendable (TransferEvent) -> Void

    private var repository: String { reference.path }

    func run() async throws(RuntimeError) -> PulledImage {
        let asked = reference.digest?.description ?? reference.tag ?? "latest"
        let root = try await ask { () async throws(RegistryError) in try await client.manifest(repository, asked) }
        progress(.pulling(repository: repository, reference: asked))
        let chosen = try await manifest(root)
        if let (summary, isNewer) = try await store.publish(
            known: chosen.digest, for: platform, pulledAs: reference, root.digest)
        {
            return result(summary, root, isNewer)
        }
        let manifest: ImageManifest
        do throws(OCIParseError) {
            manifest = try ImageManifest(parsing: chosen.bytes)
        } catch {
            throw .registry(.untrustworthy(detail: "manifest \(chosen.digest): \(error.sentence)"))
        }
        let configuration = try await document(manifest.configuration)
        let diffIDs = try check(configuration, manifest)

        let staging = try await store.makeStaging()
        let layers = try await layers(manifest, diffIDs, in: staging)
        let content = ImageContent(
            configuration: configuration, manifest: chosen.bytes, layers: layers,
            origin: "pulled from \(reference.domain)")
        let (summary, isNewer) = try await store.publish(content, pulledAs: reference, root.digest)
        for layer in manifest.layers { unlink(directory.file(layer.digest)) }
        return result(summary, root, isNewer)
    }

    private func result(_ summary: ImageSummary, _ root: RemoteManifest, _ isNewer: Bool) -> PulledImage {
        PulledImage(
            summary: summary, reference: reference.description, familiar: reference.familiar,
            digest: root.digest.description, isNewer: isNewer)
    }

    private func ask<Value: Sendable>(
        _ question: () async throws(RegistryError) -> Value
    ) async throws(RuntimeError) -> Value {
        do throws(RegistryError) {
            return try await question()
        } catch {
            throw RuntimeError(error, reference, offers: store.offered())
        }
    }

    /// The manifest for the platform, if the name stands for a list of them.
    private func manifest(_ root: RemoteManifest) async throws(RuntimeError) -> RemoteManifest {
        guard MediaType.isIndex(root.mediaType) else { return root }
        let index: ImageIndex
        do throws(OCIParseError) {
            index = try ImageIndex(parsing: root.bytes)
        } catch {
            throw .registry(.untrustworthy(detail: "manifest list \(root.digest): \(error.sentence)"))
        }
        let wanted = platform ?? .current
        guard let entry = index.entry(for: wanted) else {
            let offered = index.entries.compactMap(\.platform).filter { $0.operatingSystem != "unknown" }
            throw .registry(.noPlatform(wanted: wanted.description, offered: offered.map(\.description)))
        }
        let manifest = try await ask { () async throws(RegistryError) in
            try await client.manifest(repository, entry.descriptor.digest.description)
        }
        guard MediaType.isManifest(manifest.mediaType) else {
            throw .registry(.untrustworthy(detail: "manifest list \(root.digest): a list in a list"))
        }
        return manifest
    }

    private func document(_ descriptor: ContentDescriptor) async throws(RuntimeError) -> [UInt8] {
        if await store.hasBlob(descriptor.digest), let bytes = try? await store.readBlob(descriptor.digest) {
            return bytes
        }
        return try await ask { () async throws(RegistryError) in
            try await client.blob(descriptor, of: repository, limit: Self.configurationLimit)
        }
    }

    /// - Returns: the layers' digests unpacked, bottom first.
    private func check(_ bytes: [UInt8], _ manifest: ImageManifest) throws(RuntimeError) -> [Digest] {
        let configuration: ImageConfiguration
        do throws(OCIParseError) {
            configuration = try ImageConfiguration(parsing: bytes)
        } catch {
            throw .registry(.untrustworthy(detail: "configuration of \(reference.familiar): \(error.sentence)"))
        }
        let actual = configuration.platform
        if let platform, let actual, !platform.runs(actual) {
            throw .registry(.noPlatform(wanted: platform.description, offered: [actual.description]))
        }
        guard configuration.layers.count == manifest.layers.count else {
            throw .registry(.untrustworthy(detail: "configuration and manifest do not have the same layers"))
        }
        guard manifest.layers.count <= Self.layerLimit else {
            throw .registry(.untrustworthy(detail: "more than \(Self.layerLimit) layers"))
        }
        for layer in manifest.layers where !MediaType.isLayer(layer.mediaType) {
            throw .registry(.untrustworthy(detail: "layers of this kind are not supported: \(layer.mediaType)"))
        }
        return configuration.layers
    }

    // MARK: Layers

    private func layers(
        _ manifest: ImageManifest, _ diffIDs: [Digest], in staging: ImageStaging
    ) async throws(RuntimeError) -> [StoredLayer] {
        var wanted: [Digest: (descriptor: ContentDescriptor, diffID: Digest)] = [:]
        var found: [Digest: StoredLayer] = [:]
        var order: [Digest] = []
        for (descriptor, diffID) in zip(manifest.layers, diffIDs) {
            // One blob may be several layers; it is fetched once.
            if let known = wanted[descriptor.digest]?.diffID ?? found[descriptor.digest]?.diffID {
                guard known == diffID else {
                    throw .registry(.untrustworthy(detail: "one layer has two digests in the configuration"))
                }
                continue
            }
            if let stored = try await store.layer(descriptor.digest), stored.diffID == diffID,
                await store.hasBlob(descriptor.digest)
            {
                found[descriptor.digest] = stored
                progress(.layer(descriptor.digest.short, .alreadyExists))
            } else {
                wanted[descriptor.digest] = (descriptor, diffID)
                order.append(descriptor.digest)
                progress(.layer(descriptor.digest.short, .pullingLayer))
            }
        }
        let size = wanted.values.reduce(0) { $0.addingReportingOverflow($1.descriptor.size).partialValue }
        guard size >= 0, size <= (try await store.freeSpace()) else {
            throw .system(stage: "download", errno: ENOSPC, path: directory.path)
        }
        for layer in try await fetch(order.compactMap { wanted[$0] }, in: staging) {
            found[layer.descriptor.digest] = layer
        }
        return manifest.layers.compactMap { found[$0.digest] }
    }

    private func fetch(
        _ layers: [(descriptor: ContentDescriptor, diffID: Digest)], in staging: ImageStaging
    ) async throws(RuntimeError) -> [StoredLayer] {
        let downloads = TransferGate(width: Self.downloads)
        let unpackings = TransferGate(width: Self.unpackings)
        let result = await withTaskGroup(of: Result<StoredLayer, RuntimeError>.self) { group in
            for (descriptor, diffID) in layers {
                group.addTask {
                    await Result { () async throws(RuntimeError) in
                        let blob = try await downloads.pass(
                            waits: { progress(.layer(descriptor.digest.short, .waiting)) },
                            { () async throws(RuntimeError) in try await download(descriptor) })
                        return try await unpackings.pass { () async throws(RuntimeError) in
                            try await unpack(blob, descriptor, diffID, in: staging)
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
        return try result.get()
    }

    private func download(_ layer: ContentDescriptor) async throws(RuntimeError) -> DownloadedBlob {
        let name = layer.digest.short
        let blob = try await ask { () async throws(RegistryError) in
            try await client.download(layer, of: repository, to: directory.file(layer.digest)) { count in
                progress(.layer(name, .downloading(current: count, total: layer.size)))
            }
        }
        progress(.layer(name, .downloadComplete))
        return blob
    }

    private func unpack(
        _ blob: DownloadedBlob, _ descriptor: ContentDescriptor, _ diffID: Digest, in staging: ImageStaging
    ) async throws(RuntimeError) -> StoredLayer {
        let name = descriptor.digest.short
        // A second name: should unpacking be interrupted, it need not be fetched again.
        let place = "\(staging.path)/\(descriptor.digest.hex)"
        guard link(blob.path, place) == 0, fchmod(blob.file.number, 0o644) == 0 else {
            throw .system(stage: "link", errno: errno, path: place)
        }
        let layer = try await store.addLayer(
            file: descriptor.digest.hex, in: staging, mediaType: descriptor.mediaType, digest: descriptor.digest,
            diffID: diffID
        ) { done in
            progress(.layer(name, .extracting(current: done.blobSize, total: descriptor.size)))
        }
        progress(.layer(name, .pullComplete))
        return layer
    }
}

extension Digest {
    /// What people see of it.
    var short: String { String(hex.prefix(12)) }
}
