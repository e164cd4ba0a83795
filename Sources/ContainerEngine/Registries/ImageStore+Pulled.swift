import ContainerRuntime
import OCI

extension ImageStore {
    /// Publishes an image that came from a registry.
    /// - Parameters:
    ///   - reference: what was asked for; a digest gives it no name.
    ///   - digest: what the registry knows it by there.
    /// - Returns: the image, and whether the name stood for another one, or for none, before.
    func publish(
        _ content: ImageContent, pulledAs reference: ImageReference, _ digest: Digest
    ) throws(RuntimeError) -> (summary: ImageSummary, isNewer: Bool) {
        var content = content
        content.repositoryDigest = "\(reference.domain)/\(reference.path)@\(digest)"
        let before = stored(reference)?.manifestDigest
        let summary = try publish(content, as: reference.digest == nil ? [reference] : [])
        return (summary, before == nil || before != stored(reference)?.manifestDigest)
    }

    /// The same for an image that is in the store already; nil if it is not, or is not for that platform.
    func publish(
        known manifest: Digest, for platform: Platform?, pulledAs reference: ImageReference, _ digest: Digest
    ) throws(RuntimeError) -> (summary: ImageSummary, isNewer: Bool)? {
        try load()
        guard let image = cache.images[manifest] else { return nil }
        if let platform, let own = image.configuration.platform, !platform.runs(own) { return nil }
        let layers = storedLayers(of: image)
        // One that cannot be pushed again for want of its blobs is fetched as if it were not there.
        guard layers.allSatisfy({ hasBlob($0.descriptor.digest) }) else { return nil }
        let content = ImageContent(
            configuration: image.configurationBytes, manifest: image.manifestBytes, layers: layers,
            origin: image.summary.origin)
        return try publish(content, pulledAs: reference, digest)
    }

    /// The image of that name or digest that is in the store; nothing is made for it.
    func stored(_ reference: ImageReference) -> StoredImage? {
        guard (try? load()) != nil else { return nil }
        if reference.digest != nil { return (try? find(reference)) ?? nil }
        return cache.table.entries[reference.description].flatMap { cache.images[$0.manifest] }
    }

    /// Whether `image(_:)` finds the name, or can make it.
    /// - Parameter platform: nil takes what is there.
    func isHere(_ text: String, for platform: Platform? = nil) -> Bool {
        if let reference = try? ImageReference(text) {
            if let stored = stored(reference) { return Self.fits(stored, platform) }
            if offers.contains(reference.familiar) { return platform.map { $0.runs(.current) } ?? true }
        }
        // An id.
        return (try? image(text)).map { Self.fits($0, platform) } ?? false
    }

    private static func fits(_ image: StoredImage, _ platform: Platform?) -> Bool {
        guard let platform, let actual = image.configuration.platform else { return true }
        return platform.runs(actual)
    }

    /// The tags that the store has of a repository.
    func tags(_ repository: ImageReference) throws(RuntimeError) -> [String] {
        try load()
        return cache.table.entries.keys.compactMap { try? ImageReference($0) }
            .filter { $0.domain == repository.domain && $0.path == repository.path }.compactMap(\.tag).sorted()
    }
}
