public import ContainerRuntime
import Glibc
import LinuxKernel
import OCI

/// The images of one person on this machine, in one directory that any number of kijabi processes share:
///
///     blobs/sha256/HEX   configurations and manifests, as the OCI image format defines them
///     layers/HEX/        layers unpacked, named by the digest of their tar stream
///     references.json    which name stands for which manifest
///     temporary/         what is being made; everything above gets its place by rename(2), whole or not at all
///     lock               flock(2): whoever changes something holds it; readers need no lock
///
/// Its calls block on disks and locks, so it runs on a thread of its own.
public actor ImageStore {
    private nonisolated let executor = ThreadExecutor(name: "images")
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let files: ImageStoreFiles
    private let writer: LayerWriter
    private let recipes: [any ImageRecipe]
    /// What was read, valid as long as the table is the same file.
    private var cache: (version: String, images: [String: StoredImage]) = ("", [:])

    /// The names that can be made here, in docker's short form.
    nonisolated let offers: [String]

    /// - Parameters:
    ///   - directory: made when something is first put there.
    ///   - layerOwner: the ids on this machine of the images' user and group 0; nil where they are the caller's own.
    init(directory: String, layerOwner: (user: UInt32, group: UInt32)?, recipes: [any ImageRecipe]) {
        files = ImageStoreFiles(directory: directory)
        writer = LayerWriter(owner: layerOwner)
        self.recipes = recipes
        offers = recipes.map(\.reference.familiar).sorted()
    }

    /// The store of this person's images.
    /// - Parameters:
    ///   - dataDirectory: images are kept below it, in `images`.
    ///   - rootID: the id on this machine of the images' user and group 0 (`Harbour.rootID`).
    ///   - searchPath: where to look for busybox, as in `PATH`.
    ///   - stub: the path of the program kijabi-stub; without it there is no toolbox image.
    public init(dataDirectory: String, rootID: UInt32, searchPath: String, stub: String?) throws(RuntimeError) {
        var recipes: [any ImageRecipe] = []
        do throws(ImageReferenceError) {
            let busybox = try BusyboxRecipe(searchPath: searchPath)
            recipes.append(busybox)
            if let stub { recipes.append(try ToolboxRecipe(busybox: busybox, stubPath: stub)) }
        } catch {
            throw .invalid(field: "image", reason: error.description)
        }
        let owner = rootID == getuid() ? nil : (user: rootID, group: rootID)
        self.init(directory: dataDirectory + "/images", layerOwner: owner, recipes: recipes)
    }

    /// All images, newest first.
    func storedImages() throws(RuntimeError) -> [StoredImage] {
        try load()
        var byID: [String: StoredImage] = [:]
        for image in cache.images.values { byID[image.summary.id] = image }
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

    private func find(_ reference: ImageReference) throws(RuntimeError) -> StoredImage? {
        if let recipe = recipes.first(where: { $0.reference == reference }) { return try current(recipe) }
        if let digest = reference.digest?.description {
            let image = cache.images.values.first { $0.manifestDigest.description == digest || $0.summary.id == digest }
            guard let image, let known = image.summary.references.first else { return nil }
            return known.split(separator: ":").first.map(String.init) == reference.familiarName ? image : nil
        }
        return cache.images[reference.description]
    }

    /// The image of a recipe: the one in the store if it is of the same things, else a new one.
    private func current(_ recipe: any ImageRecipe) throws(RuntimeError) -> StoredImage {
        let name = recipe.reference.description
        let fingerprint: String
        do {
            fingerprint = try recipe.fingerprint()
        } catch {
            // What it was made of is gone; the image is not.
            if let stored = cache.images[name] { return stored }
            throw error
        }
        if let stored = cache.images[name], stored.fingerprint == fingerprint { return stored }
        return try assemble(recipe, fingerprint)
    }

    private func assemble(_ recipe: any ImageRecipe, _ fingerprint: String) throws(RuntimeError) -> StoredImage {
        // The base before the lock: it may have to be assembled too.
        let assembled = try recipe.assemble { reference throws(RuntimeError) in
            guard let found = try find(reference) else { throw .noSuchImage(reference.familiar) }
            return found
        }
        return try publish(assembled, as: recipe.reference, fingerprint, holding: try files.lock())
    }

    private func publish(
        _ assembled: AssembledImage, as reference: ImageReference, _ fingerprint: String,
        holding lock: borrowing ImageStoreFiles.Lock
    ) throws(RuntimeError) -> StoredImage {
        // Another process may have been faster.
        try load()
        let name = reference.description
        if let stored = cache.images[name], stored.fingerprint == fingerprint { return stored }

        var configuration = ImageConfiguration(architecture: Self.architecture)
        configuration.created = RFC3339.text(seconds: assembled.createdAt)
        var descriptors: [ContentDescriptor] = []
        var size = 0
        if let base = assembled.base {
            let created = configuration.created
            configuration = base.configuration
            configuration.created = created
            descriptors = base.layerDescriptors
            size = base.summary.size
        }
        for (content, createdBy) in assembled.layers {
            let staging = try files.stagingDirectory()
            let (digest, length) = try writer.unpack(content, into: staging)
            try files.publish(staging, asLayer: digest)
            descriptors.append(ContentDescriptor(mediaType: ImageManifest.layerMediaType, digest: digest, size: length))
            configuration.append(layer: digest, createdBy: createdBy)
            size += content.size
        }
        assembled.configure(&configuration)
        let manifest = ImageManifest(
            configuration: try files.put(configuration.document, mediaType: ImageConfiguration.mediaType),
            layers: descriptors,
            annotations: [StoredImage.originKey: assembled.origin, StoredImage.sizeKey: String(size)])
        let descriptor = try files.put(manifest.document, mediaType: ImageManifest.mediaType)
        var table = try files.references()
        table.entries[name] = ReferenceTable.Entry(manifest: descriptor.digest, fingerprint: fingerprint)
        try files.replaceReferences(table)
        try load()
        guard let stored = cache.images[name] else { throw .noSuchImage(reference.familiar) }
        return stored
    }

    /// Reads the table and its images, if the table has changed.
    private func load() throws(RuntimeError) {
        let version = files.referencesVersion()
        if version == cache.version { return }
        var images: [String: StoredImage] = [:]
        let table = try files.references()
        for (name, entry) in table.entries {
            // An image that cannot be read is one that is not there: its recipe makes it again.
            images[name] = try? files.image(entry)
        }
        let names = Dictionary(grouping: images.keys) { images[$0]?.summary.id ?? "" }
        for (name, image) in images {
            images[name]?.summary.references = (names[image.summary.id] ?? []).sorted().map { name in
                (try? ImageReference(name).familiar) ?? name
            }
        }
        cache = (version, images)
    }

    private static var architecture: String {
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
        try self.image(image.id).layerDirectories
    }

    public nonisolated func offered() -> [String] { offers }
}
