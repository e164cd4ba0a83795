/// What people do with images beside running them.
public protocol ImageService: Sendable {
    /// All images, newest first, those without a name too.
    func imageDetails() async throws(RuntimeError) -> [ImageDetails]
    /// The image that `reference` names, which must be in the store: nothing is made for it.
    /// - Throws: `.noSuchImage`.
    func imageDetails(_ reference: String) async throws(RuntimeError) -> ImageDetails
    /// Gives an image a further name; another that had it loses it.
    func tagImage(_ source: String, as target: String) async throws(RuntimeError)
    /// Takes a name away, or with the last name (or an id) the image, with the layers nobody else has.
    /// - Throws: `.noSuchImage`, `.conflict` where containers or names stand against it.
    func removeImage(_ reference: String, force: Bool) async throws(RuntimeError) -> [ImageRemoval]
    /// Removes images without a name, or with `all` those that no container uses.
    func pruneImages(all: Bool, isWanted: @Sendable (ImageDetails) -> Bool) async throws(RuntimeError)
        -> (removed: [ImageRemoval], bytes: Int)

    /// Reads an archive of images as `docker save` or an OCI layout has it, compressed or not.
    /// - Parameter input: a descriptor, which the caller keeps.
    /// - Throws: `.invalidArchive`.
    func loadImages(from input: Int32) async throws(RuntimeError) -> [LoadedImage]
    /// Writes images as an archive that `docker load` and readers of OCI layouts understand.
    func saveImages(_ references: [String], to output: Int32) async throws(RuntimeError)
    /// Makes an image of a tar stream of a file tree.
    /// - Returns: its id.
    func importImage(from input: Int32, as reference: String?, _ options: ImageChange) async throws(RuntimeError)
        -> String
    /// Makes an image of a container's file tree and settings.
    /// - Returns: its id.
    func commitContainer(_ id: String, as reference: String?, _ options: ImageChange, pause: Bool)
        async throws(RuntimeError) -> String
    /// What the images, and what in them is not shared, take on the disk.
    func imageDiskUsage() async throws(RuntimeError) -> ImageDiskUsage
}

/// An image with all that is known of it.
public struct ImageDetails: Sendable {
    public var summary: ImageSummary
    /// The configuration document (OCI image-spec, config.md), JSON, as its digest is the id.
    public var configuration: [UInt8]
    /// `sha256:…`, of the manifest.
    public var manifestDigest: String
    /// The names without tags, each with the manifest's digest: `busybox@sha256:…`.
    public var repositoryDigests: [String]
    /// The id of the image it was built or committed on.
    public var parent: String?
    /// Bottom first.
    public var layers: [ImageLayer]
    /// The layers' directories on this machine, top first.
    public var layerDirectories: [String]
    /// Bytes of its layers that other images have too.
    public var sharedSize: Int
    /// Seconds since 1970: when it last got a name.
    public var taggedAt: Double?

    public init(
        summary: ImageSummary, configuration: [UInt8], manifestDigest: String, repositoryDigests: [String],
        parent: String?, layers: [ImageLayer], layerDirectories: [String], sharedSize: Int, taggedAt: Double?
    ) {
        self.summary = summary
        self.configuration = configuration
        self.manifestDigest = manifestDigest
        self.repositoryDigests = repositoryDigests
        self.parent = parent
        self.layers = layers
        self.layerDirectories = layerDirectories
        self.sharedSize = sharedSize
        self.taggedAt = taggedAt
    }
}

/// A layer of an image.
public struct ImageLayer: Sendable, Hashable {
    /// `sha256:…` of the uncompressed tar stream.
    public var diffID: String
    /// Bytes of its files.
    public var size: Int

    public init(diffID: String, size: Int) {
        self.diffID = diffID
        self.size = size
    }
}

/// A step of removing an image.
public enum ImageRemoval: Sendable, Hashable {
    /// A name was taken away.
    case untagged(String)
    /// An image or a layer is gone: `sha256:…`.
    case deleted(String)
}

/// What was read from an archive.
public enum LoadedImage: Sendable, Hashable {
    /// With this name.
    case named(String)
    /// Without a name: its id.
    case unnamed(String)
}

/// What `docker commit` and `docker import` say about the new image.
public struct ImageChange: Sendable, Hashable {
    public var author: String?
    public var message: String?
    /// Lines of a Dockerfile: `CMD ["sh"]`, `ENV A=b`.
    public var instructions: [String]

    public init(author: String? = nil, message: String? = nil, instructions: [String] = []) {
        self.author = author
        self.message = message
        self.instructions = instructions
    }
}

/// Sizes in bytes.
public struct ImageDiskUsage: Sendable, Hashable {
    /// Of all layers, each counted once.
    public var layersSize: Int

    public init(layersSize: Int) {
        self.layersSize = layersSize
    }
}
