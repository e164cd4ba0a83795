import ContainerRuntime
import Glibc
import LinuxKernel
import OCI

/// A container that stands on an image.
struct ImageUse: Sendable {
    var container: String
    var imageID: String
    var reference: String
    var isAlive: Bool
    /// Its layers' directories.
    var layers: [String]
}

/// Names come and go, and what no name or container needs any more goes too.
extension ImageStore {
    func tag(_ source: String, as target: ImageReference) throws(RuntimeError) {
        guard target.digest == nil else {
            throw .invalid(field: "tag", reason: "refusing to create a tag with a digest reference")
        }
        let image = try image(source)
        let lock = try files.lock()
        var table = try files.references()
        guard table.images[image.manifestDigest] != nil else { throw .noSuchImage(source) }
        table.entries[target.description] = ReferenceTable.Entry(manifest: image.manifestDigest)
        try files.replaceReferences(table)
        _ = consume lock
        try load()
    }

    /// As moby's `ImageDelete` decides it.
    func remove(_ text: String, force: Bool, uses: [ImageUse]) async throws(RuntimeError) -> [ImageRemoval] {
        let image = try present(text)
        let id = image.summary.id
        let short = id.dropFirst("sha256:".count).prefix(12)
        let users = uses.filter { $0.imageID == id }
        let manifests = cache.images.values.filter { $0.summary.id == id }.map(\.manifestDigest)
        let names = cache.table.entries.filter { manifests.contains($0.value.manifest) }.map(\.key).sorted()
        var untagged: [String] = []
        let reference = try? ImageReference(text)
        if let reference, names.contains(reference.description), !id.hasSuffix(text) {
            if names.count == 1, !force, let user = users.first {
                throw .conflict(
                    "conflict: unable to remove repository reference \"\(text)\" (must force) - container "
                        + "\(user.container.prefix(12)) is using its referenced image \(short)")
            }
            untagged = [reference.description]
            // Whoever is forced loses the name; what runs on it keeps the image.
            if names.count > 1 || users.contains(where: \.isAlive) {
                return try await apply(untagged: untagged, manifests: [], uses)
            }
        } else {
            if let user = users.first(where: \.isAlive) {
                throw .conflict(
                    "conflict: unable to delete \(short) (cannot be forced) - image is being used by running container "
                        + user.container.prefix(12))
            }
            let repositories = Set(names.compactMap { (try? ImageReference($0))?.familiarName })
            if !force, repositories.count > 1 || names.count > 1 {
                throw .conflict(
                    "conflict: unable to delete \(short) (must be forced) - image is referenced in multiple repositories"
                )
            }
            if !force, let user = users.first {
                throw .conflict(
                    "conflict: unable to delete \(short) (must be forced) - image is being used by stopped container "
                        + user.container.prefix(12))
            }
            untagged = names
        }
        return try await apply(untagged: untagged, manifests: manifests, uses)
    }

    /// Removes images without a name, or with `all` those that no container uses.
    func prune(
        all: Bool, uses: [ImageUse], isWanted: @Sendable (ImageDetails) -> Bool
    ) async throws(RuntimeError) -> (removed: [ImageRemoval], bytes: Int) {
        let before = try diskUsage().layersSize
        let used = Set(uses.map(\.imageID))
        let victims = try details().filter {
            !used.contains($0.summary.id) && (all || $0.summary.references.isEmpty) && isWanted($0)
        }
        let ids = Set(victims.map(\.summary.id))
        let manifests = cache.images.values.filter { ids.contains($0.summary.id) }.map(\.manifestDigest)
        let names = cache.table.entries.filter { manifests.contains($0.value.manifest) }.map(\.key).sorted()
        let removed = try await apply(untagged: names, manifests: manifests, uses)
        return (removed, before - (try diskUsage().layersSize))
    }

    /// Removes layers and blobs that no image, build step or container has any more.
    func clear(uses: [ImageUse]) async throws(RuntimeError) {
        _ = try await apply(untagged: [], manifests: [], uses)
    }

    private func apply(
        untagged names: [String], manifests: [Digest], _ uses: [ImageUse]
    ) async throws(RuntimeError) -> [ImageRemoval] {
        var removals: [ImageRemoval] = names.map { .untagged((try? ImageReference($0).familiar) ?? $0) }
        let ids = Set(manifests.compactMap { cache.images[$0]?.summary.id })
        let (layers, leftovers) = try forget(names, manifests, keeping: Set(uses.flatMap(\.layers)))
        removals += ids.sorted().map { .deleted($0) }
        removals += layers.map { .deleted($0.description) }
        await sweep(leftovers)
        return removals
    }

    /// Changes the table, and takes what nothing refers to out of sight.
    /// - Returns: the layers that are gone, and what is left to be removed.
    private func forget(
        _ names: [String], _ manifests: [Digest], keeping used: Set<String>
    ) throws(RuntimeError) -> (layers: [Digest], leftovers: [String]) {
        let lock = try files.lock()
        var table = try files.references()
        for name in names { table.entries[name] = nil }
        for manifest in manifests where table.names(of: manifest).isEmpty { table.images[manifest] = nil }
        var blobs: Set<String> = []
        var layers: Set<Digest> = []
        for (digest, record) in table.images {
            guard let image = try? files.image(digest, record) else { continue }
            blobs.formUnion([digest.hex, image.summary.id.replacingPrefix("sha256:", with: "")])
            blobs.formUnion(image.layerDescriptors.map(\.digest.hex))
            layers.formUnion(image.configuration.layers)
        }
        // Results of build steps are kept as long as their records are.
        for case let layer? in steps().map(\.layer) {
            layers.insert(layer.diffID)
            blobs.insert(layer.descriptor.digest.hex)
        }
        table.layerSizes = table.layerSizes.filter { layers.contains($0.key) }
        try files.replaceReferences(table)
        for name in files.names(in: "blobs/sha256") where !blobs.contains(name) {
            unlink("\(files.directory)/blobs/sha256/\(name)")
        }
        var gone: [Digest] = []
        var leftovers: [String] = []
        for name in files.names(in: "layers") {
            guard let digest = Digest("sha256:" + name), !layers.contains(digest), !used.contains(files.layer(digest))
            else { continue }
            holds[digest] = nil
            // Somebody else's containers may stand on it; whoever prunes after them takes it.
            guard let hold = try StoreHold(files.hold(digest), exclusive: true) else { continue }
            let place = "\(files.temporary)/\(getpid()).removed.\(name)"
            if rename(files.layer(digest), place) == 0 {
                gone.append(digest)
                leftovers.append(place)
                unlink(files.hold(digest))
            }
            _ = consume hold
        }
        _ = consume lock
        try load()
        return (gone.sorted { $0.hex < $1.hex }, leftovers)
    }
}

extension String {
    func replacingPrefix(_ prefix: String, with replacement: String) -> String {
        hasPrefix(prefix) ? replacement + dropFirst(prefix.count) : self
    }
}
