import ContainerRuntime
import Glibc
import OCI

/// What the store tells of its images.
extension ImageStore {
    func details() throws(RuntimeError) -> [ImageDetails] {
        let images = try storedImages()
        let uses = layerUses(images)
        return images.map { details(of: $0, uses) }
    }

    /// An image that is here; nothing is made for it.
    func details(_ reference: String) throws(RuntimeError) -> ImageDetails {
        details(of: try present(reference), layerUses(try storedImages()))
    }

    /// The image that a name or id stands for, if it is in the store.
    func present(_ reference: String) throws(RuntimeError) -> StoredImage {
        try load()
        if let parsed = try? ImageReference(reference), isOffered(parsed), !hasName(parsed) {
            throw .noSuchImage(reference)
        }
        return try image(reference)
    }

    func hasName(_ reference: ImageReference) -> Bool {
        cache.table.entries[reference.description].map { cache.images[$0.manifest] != nil } ?? false
    }

    private func layerUses(_ images: [StoredImage]) -> [Digest: Int] {
        var uses: [Digest: Int] = [:]
        for image in images { for layer in Set(image.configuration.layers) { uses[layer, default: 0] += 1 } }
        return uses
    }

    private func details(of image: StoredImage, _ uses: [Digest: Int]) -> ImageDetails {
        let layers = image.configuration.layers.map { ImageLayer(diffID: $0.description, size: layerSize($0)) }
        let names = cache.table.entries.filter { cache.images[$0.value.manifest]?.summary.id == image.summary.id }
        let record = cache.table.images[image.manifestDigest]
        var digests: [String: Digest] = [:]
        for name in names.keys.compactMap({ try? ImageReference($0) }) {
            digests[name.familiarName] = image.manifestDigest
        }
        // A registry may know it as part of a list for several platforms.
        for known in (record?.repositoryDigests ?? []).sorted().compactMap({ try? ImageReference($0) }) {
            digests[known.familiarName] = known.digest
        }
        let shared = Set(image.configuration.layers).filter { uses[$0] ?? 0 > 1 }
        return ImageDetails(
            summary: image.summary, configuration: image.configurationBytes,
            manifestDigest: image.manifestDigest.description,
            repositoryDigests: digests.sorted { $0.key < $1.key }.map { "\($0.key)@\($0.value)" },
            parent: record?.parent?.description, layers: layers, layerDirectories: image.layerDirectories,
            sharedSize: shared.reduce(0) { $0 + layerSize($1) }, taggedAt: record?.addedAt.map(Double.init))
    }

    private func layerSize(_ layer: Digest) -> Int { cache.table.layerSizes[layer] ?? 0 }

    func diskUsage() throws(RuntimeError) -> ImageDiskUsage {
        let layers = Set(try storedImages().flatMap(\.configuration.layers))
        return ImageDiskUsage(layersSize: layers.reduce(0) { $0 + layerSize($1) })
    }
}
