public import ContainerRuntime
import Documents
import Glibc
import LinuxKernel
import OCI

/// The images of one person on this machine, in one directory that any number of kijabi processes share:
///
///     blobs/sha256/HEX   configurations, manifests and layers' tar streams, as the OCI image format defines them
///     layers/HEX/        layers unpacked, named by the digest of their tar stream
///     references.json    which images there are, and which name stands for which
///     temporary/         what is being made; everything above gets its place by rename(2), whole or not at all
///     holds/HEX          flock(2), shared: who runs containers on a layer; it is not removed meanwhile
///     lock               flock(2): whoever changes something holds it; readers need no lock
///
/// Whatever brings images here (recipes, load, pull, import, commit, build) ends in the same few calls: `makeStaging`,
/// `addLayer` for each layer, `publish`. Until `publish` nothing is seen of it, and nothing is left if it never comes.
///
/// Its calls block on disks and locks, so it runs on a thread of its own.
public actor ImageStore {
    private nonisolated let executor = ThreadExecutor(name: "images")
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    let files: ImageStoreFiles
    /// Works with archives; nil in tests that have no harbour.
    nonisolated let archives: ArchiveAgent?
    /// The ids on this machine of the images' user and group 0; nil where they are the caller's own.
    private let layerOwner: (user: UInt32, group: UInt32)?
    private let recipes: [any ImageRecipe]
    /// What was read, valid as long as the table is the same file.
    var cache: (version: String, table: ReferenceTable, images: [Digest: StoredImage]) = ("", ReferenceTable(), [:])
    /// Layers that containers of this process may stand on.
    var holds: [Digest: StoreHold] = [:]

    /// The names that can be made here, in docker's short form.
    nonisolated let offers: [String]

    /// - Parameters:
    ///   - directory: made when something is first put there.
    ///   - layerOwner: the ids on this machine of the images' user and group 0; nil where they are the caller's own.
    init(
        directory: String, layerOwner: (user: UInt32, group: UInt32)?, recipes: [any ImageRecipe],
        archives: ArchiveAgent? = nil
    ) {
        files = ImageStoreFiles(directory: directory)
        self.layerOwner = layerOwner
        self.recipes = recipes
        self.archives = archives
        offers = recipes.map(\.reference.familiar).sorted()
    }

    /// The store of this person's images.
    /// - Parameters:
    ///   - dataDirectory: images are kept below it, in `images`.
    ///   - rootID: the id on this machine of the images' user and group 0 (`Harbour.rootID`).
    ///   - searchPath: where to look for busybox, as in `PATH`.
    ///   - stub: the path of the program kijabi-stub; without it there is no toolbox image.
    ///   - archives: without it no archive can be loaded.
    public init(
        dataDirectory: String, rootID: UInt32, searchPath: String, stub: String?, archives: ArchiveAgent? = nil
    ) throws(RuntimeError) {
        var recipes: [any ImageRecipe] = []
        do throws(ImageReferenceError) {
            recipes = try RecipeBook.recipes(
                searchPath: searchPath, stub: stub, workspace: dataDirectory + "/images/workspace")
        } catch {
            throw .invalid(field: "image", reason: error.description)
        }
        let owner = rootID == getuid() ? nil : (user: rootID, group: rootID)
        self.init(directory: dataDirectory + "/images", layerOwner: owner, recipes: recipes, archives: archives)
    }

    /// All images, newest first.
    func storedImages() throws(RuntimeError) -> [StoredImage] {
        try load()
        var byID: [String: StoredImage] = [:]
        // Several manifests may describe one image (its layers compressed or not); the one with names speaks for it.
        for image in cache.images.values.sorted(by: { $0.manifestDigest.hex < $1.manifestDigest.hex }) {
            let isNamed = cache.table.entries.values.contains { $0.manifest == image.manifestDigest }
            if isNamed || byID[image.summary.id] == nil { byID[image.summary.id] = image }
        }
        return byID.values.sorted { ($0.summary.createdAt, $0.summary.id) > ($1.summary.createdAt, $1.summary.id) }
    }

    /// The image that a name, an id or a unique prefix of an id stands for. An image with a recipe is made if it is
    /// missing, and made again if what it is made of has changed.
    /// - Throws: `.noSuchImage`, `.unavailable`, `.invalid` for a malformed or ambiguous name.
    func image(_ text: String) throws(RuntimeError) -> StoredImage {
        try load()
        let isPrefixed = text.hasPrefix("sha256:")
        let digits = isPrefixed ? String(text.dropFirst("sha256:".count)) : text
        let mayBeID =
            !digits.isEmpty && digits.utf8.count <= 64 && digits.allSatisfy { $0.isHexDigit && !$0.isUppercase }
        if !isPrefixed {
            do {
                let reference = try ImageReference(text)
                if let image = try find(reference) { return image }
            } catch let error as ImageReferenceError {
                if !mayBeID { throw .invalid(field: "image", reason: error.description) }
            } catch let error as RuntimeError {
                throw error
            } catch {
                throw .noSuchImage(text)
            }
        }
        guard mayBeID else { throw .noSuchImage(text) }
        let matches = try storedImages().filter { $0.summary.id.hasPrefix("sha256:" + digits) }
        guard let match = matches.first else { throw .noSuchImage(text) }
        guard matches.count == 1 else {
            throw .invalid(field: "image", reason: "ambiguous image id prefix \(text): \(matches.count) images have it")
        }
        return match
    }

    func find(_ reference: ImageReference) throws(RuntimeError) -> StoredImage? {
        if let recipe = recipes.first(where: { $0.makes(reference) }) { return try current(recipe) }
        if let digest = reference.digest?.description {
            let repository = "\(reference.domain)/\(reference.path):"
            return cache.images.values.first { image in
                let names = cache.table.names(of: image.manifestDigest)
                if cache.table.images[image.manifestDigest]?.repositoryDigests.contains(
                    "\(reference.domain)/\(reference.path)@\(digest)") ?? false
                {
                    return true
                }
                return (image.manifestDigest.description == digest || image.summary.id == digest)
                    && names.contains { $0.hasPrefix(repository) }
            }
        }
        return cache.table.entries[reference.description].flatMap { cache.images[$0.manifest] }
    }

    /// There is a recipe for it.
    func isOffered(_ reference: ImageReference) -> Bool { recipes.contains { $0.reference == reference } }

    /// The image of a recipe: the one in the store if it is of the same things, else a new one.
    private func current(_ recipe: any ImageRecipe) throws(RuntimeError) -> StoredImage {
        let name = recipe.reference.description
        let fingerprint: String
        do {
            fingerprint = try recipe.fingerprint()
        } catch {
            // What it was made of is gone; the image is not.
            if let entry = cache.table.entries[name], let stored = cache.images[entry.manifest] { return stored }
            throw error
        }
        if let entry = cache.table.entries[name], let stored = cache.images[entry.manifest] {
            // One that was loaded or built under this name is meant to stand for it.
            if entry.fingerprint == nil || entry.fingerprint == fingerprint { return stored }
        }
        return try assemble(recipe, fingerprint)
    }

    private func assemble(_ recipe: any ImageRecipe, _ fingerprint: String) throws(RuntimeError) -> StoredImage {
        // The base before the lock: it may have to be assembled too.
        let assembled = try recipe.assemble { reference throws(RuntimeError) in
            guard let found = try find(reference) else { throw .noSuchImage(reference.familiar) }
            return found
        }
        return try publish(
            assembled, as: recipe.reference, recipe.otherReferences(), fingerprint, holding: try files.lock())
    }

    private func publish(
        _ assembled: AssembledImage, as reference: ImageReference, _ others: [ImageReference],
        _ fingerprint: String,
        holding lock: borrowing ImageStoreFiles.Lock
    ) throws(RuntimeError) -> StoredImage {
        // Another process may have been faster.
        try load()
        let name = reference.description
        if let entry = cache.table.entries[name], entry.fingerprint == fingerprint,
            let stored = cache.images[entry.manifest]
        {
            return stored
        }
        var configuration = ImageConfiguration(architecture: Self.architecture)
        configuration.created = RFC3339.text(seconds: assembled.createdAt)
        var layers: [StoredLayer] = []
        if let base = assembled.base {
            let created = configuration.created
            configuration = base.configuration
            configuration.created = created
            layers = storedLayers(of: base)
        }
        var writer = LayerWriter(owner: layerOwner)
        let total = assembled.layers.reduce(0) { $0 + $1.content.copiedSize }
        var copied = 0
        let listener = ImageProgress.listener
        writer.progress = { count throws(RuntimeError) in
            if Task.isCancelled { throw .system(stage: "make image", errno: ECANCELED, path: nil) }
            copied += count
            listener?(ImageProgress(image: reference.familiar, stage: .copying, completed: copied, total: total))
        }
        let staging = try files.staging(holding: lock, remove: remover)
        for (index, (content, createdBy)) in assembled.layers.enumerated() {
            let tree = "\(staging.path)/\(index)"
            let blob = tree + ".tar"
            guard mkdir(tree, 0o755) == 0 else { throw .system(stage: "mkdir", errno: errno, path: tree) }
            let (digest, length) = try writer.unpack(content, into: tree, keeping: blob)
            let descriptor = ContentDescriptor(
                mediaType: ImageManifest.layerMediaType, digest: digest, size: length)
            layers.append(
                StoredLayer(
                    descriptor: descriptor, diffID: digest, size: content.size, blobFile: blob, tree: tree,
                    staging: staging))
            configuration.append(layer: digest, createdBy: createdBy)
        }
        assembled.configure(&configuration)
        let content = ImageContent(
            configuration: configuration.document.encoded(), layers: layers, origin: assembled.origin)
        return try place(content, as: [reference] + others, fingerprint, holding: lock)
    }

    /// Reads the table and its images, if the table has changed.
    func load() throws(RuntimeError) {
        let version = files.referencesVersion()
        if version == cache.version { return }
        let table = try files.references()
        var images: [Digest: StoredImage] = [:]
        for (digest, record) in table.images {
            // An image that cannot be read is one that is not there: its recipe makes it again.
            images[digest] = try? files.image(digest, record)
        }
        var names: [String: [String]] = [:]
        for (name, entry) in table.entries {
            guard let id = images[entry.manifest]?.summary.id else { continue }
            names[id, default: []].append((try? ImageReference(name).familiar) ?? name)
        }
        for (digest, image) in images {
            images[digest]?.summary.references = (names[image.summary.id] ?? []).sorted()
        }
        cache = (version, table, images)
    }

    static var architecture: String {
        #if arch(arm64)
            "arm64"
        #else
            "amd64"
        #endif
    }
}

extension ImageStore: ImageSource {
    public func images() throws(RuntimeError) -> [ImageSummary] { try storedImages().map(\.summary) }

    public func resolve(_ reference: String) throws(RuntimeError) -> ImageSummary { try image(reference).summary }

    public func lowerDirectories(of image: ImageSummary) throws(RuntimeError) -> [String] {
        let image = try self.image(image.id)
        for layer in image.configuration.layers { try hold(layer) }
        return image.layerDirectories
    }

    public nonisolated func offered() -> [String] { offers }
}
