import ContainerRuntime
import Documents
import LinuxKernel
import OCI
import Registry

/// One image of the store on its way to a registry: the layers it does not have, the configuration, the manifest last.
struct ImagePush: Sendable {
    /// Layers that are sent at once, as docker does it.
    private static let uploads = 5

    let store: ImageStore
    let client: RegistryClient
    let reference: ImageReference
    let progress: @Sendable (TransferEvent) -> Void

    private var repository: String { reference.path }

    func run() async throws(RuntimeError) -> PushedImage {
        let image = try await store.image(reference.description)
        progress(.pushing(repository: "\(reference.domain)/\(repository)"))
        let layers = Array(zip(image.layerDescriptors, image.configuration.layers))
        for (_, diffID) in layers.reversed() { progress(.layer(diffID.short, .preparing)) }
        let sources = try await sources(image.layerDescriptors)
        try await send(layers.map { Layer(descriptor: $0.0, name: $0.1.short, source: sources[$0.0.digest]) })

        let configuration = ContentDescriptor(
            mediaType: ImageConfiguration.mediaType, digest: Digest(of: image.configurationBytes),
            size: image.configurationBytes.count)
        let file = try await store.openBlob(configuration.digest)
        try await ask { () async throws(RegistryError) in
            if try await client.hasBlob(configuration.digest, in: repository) { return }
            try await client.upload(configuration, from: file, to: repository)
        }
        let tag = reference.tag ?? image.manifestDigest.description
        let type = (try? ManifestKind.mediaType(image.manifestBytes)) ?? nil
        try await ask { () async throws(RegistryError) in
            try await client.put(
                manifest: image.manifestBytes, mediaType: type ?? ImageManifest.mediaType, repository, tag)
        }
        return PushedImage(tag: tag, digest: image.manifestDigest.description, size: image.manifestBytes.count)
    }

    private struct Layer: Sendable {
        var descriptor: ContentDescriptor
        /// What people see: docker names layers by what they unpack to when it pushes.
        var name: String
        /// Another repository of the same registry that probably has it.
        var source: String?
    }

    private func ask<Value: Sendable>(
        _ question: () async throws(RegistryError) -> Value
    ) async throws(RuntimeError) -> Value {
        do throws(RegistryError) {
            return try await question()
        } catch {
            throw RuntimeError(error, reference)
        }
    }

    private func send(_ layers: [Layer]) async throws(RuntimeError) {
        var seen: Set<Digest> = []
        // An upload of the same blob twice at once would be one too many.
        let distinct = layers.filter { seen.insert($0.descriptor.digest).inserted }
        let gate = TransferGate(width: Self.uploads)
        let failure = await withTaskGroup(of: RuntimeError?.self) { group in
            for layer in distinct.reversed() {
                group.addTask {
                    do throws(RuntimeError) {
                        try await gate.pass(
                            waits: { progress(.layer(layer.name, .waiting)) },
                            { () async throws(RuntimeError) in try await send(layer) })
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            var failure: RuntimeError?
            for await result in group {
                guard let result, failure == nil else { continue }
                failure = result
                group.cancelAll()
            }
            return failure
        }
        if let failure { throw failure }
        let names = Dictionary(grouping: layers, by: \.descriptor.digest)
        for layer in distinct {
            for twin in (names[layer.descriptor.digest] ?? []).dropFirst() where twin.name != layer.name {
                progress(.layer(twin.name, .alreadyExists))
            }
        }
    }

    private func send(_ layer: Layer) async throws(RuntimeError) {
        let digest = layer.descriptor.digest
        let isThere = try await ask { () async throws(RegistryError) in
            try await client.hasBlob(digest, in: repository)
        }
        if isThere { return progress(.layer(layer.name, .alreadyExists)) }
        if let source = layer.source {
            // A registry that does not let us take it from there gets it from here.
            if (try? await client.mount(digest, from: source, in: repository)) == true {
                return progress(.layer(layer.name, .mounted(from: source)))
            }
        }
        let file = try await store.openBlob(digest)
        let size = layer.descriptor.size
        try await ask { () async throws(RegistryError) in
            try await client.upload(layer.descriptor, from: file, to: repository) { count in
                progress(.layer(layer.name, .pushing(current: count, total: size)))
            }
        }
        progress(.layer(layer.name, .pushed))
    }

    /// Repositories of the same registry from which images of the store with these layers came, or to which they went.
    private func sources(_ layers: [ContentDescriptor]) async throws(RuntimeError) -> [Digest: String] {
        let wanted = Set(layers.map(\.digest))
        var sources: [Digest: String] = [:]
        for image in try await store.storedImages() {
            let repositories = image.summary.references.compactMap { try? ImageReference($0) }
                .filter { $0.domain == reference.domain && $0.path != reference.path }
            guard let source = repositories.first?.path else { continue }
            for layer in image.layerDescriptors where wanted.contains(layer.digest) { sources[layer.digest] = source }
        }
        return sources
    }
}
