/// Images from and to registries (OCI distribution-spec).
public protocol RegistryService: Sendable {
    /// Whether `resolveImage` finds or makes the image without asking a registry.
    /// - Parameter platform: the kind of machine it must be made for: `linux/arm64`; nil takes what is there.
    func isImageHere(_ reference: String, platform: String?) async -> Bool
    /// Gets an image from its registry, whether one of that name is here or not. What is here already is not fetched.
    /// - Parameters:
    ///   - platform: `linux/arm64`; nil is this machine's.
    ///   - progress: hears of every step, from any thread.
    /// - Throws: `.registry`, `.invalid`, `.invalidArchive`, `.system`.
    func pullImage(
        _ reference: String, platform: String?, progress: @escaping @Sendable (TransferEvent) -> Void
    ) async throws(RuntimeError) -> PulledImage
    /// Sends an image of the store to the registry that its name says.
    /// - Returns: what the registry knows it by.
    /// - Throws: `.noSuchImage`, `.registry`, `.invalid`, `.system`.
    func pushImage(
        _ reference: String, progress: @escaping @Sendable (TransferEvent) -> Void
    ) async throws(RuntimeError) -> PushedImage
    /// The tags that an image's registry has of it, or those of the store.
    func imageTags(_ name: String, remote: Bool) async throws(RuntimeError) -> [String]
    /// The manifest, or the list of manifests, that a registry has under a name.
    func remoteManifest(_ reference: String) async throws(RuntimeError) -> RemoteDocument

    /// Asks a registry to let somebody in, and remembers the password if it does.
    /// - Parameter registry: `docker.io`, `localhost:5000`.
    func logIn(registry: String, user: String, secret: String) async throws(RuntimeError)
    /// Forgets a password.
    /// - Returns: whether there was one.
    func logOut(registry: String) async throws(RuntimeError) -> Bool
    /// The user that is remembered for a registry, and the file that a password is written to; nil where a program keeps it.
    func login(registry: String) async -> (user: String?, file: String?)
}

/// An image that has come from a registry.
public struct PulledImage: Sendable {
    public var summary: ImageSummary
    /// `docker.io/library/busybox:latest`
    public var reference: String
    /// `busybox:latest`
    public var familiar: String
    /// `sha256:…`, of the manifest or list that the name stood for.
    public var digest: String
    /// The name stood for another image before, or for none.
    public var isNewer: Bool

    public init(summary: ImageSummary, reference: String, familiar: String, digest: String, isNewer: Bool) {
        self.summary = summary
        self.reference = reference
        self.familiar = familiar
        self.digest = digest
        self.isNewer = isNewer
    }
}

/// An image that a registry has taken.
public struct PushedImage: Sendable {
    public var tag: String
    /// `sha256:…`, of the manifest.
    public var digest: String
    /// Bytes of the manifest.
    public var size: Int

    public init(tag: String, digest: String, size: Int) {
        self.tag = tag
        self.digest = digest
        self.size = size
    }
}

/// A document as a registry has it.
public struct RemoteDocument: Sendable {
    public var bytes: [UInt8]
    public var mediaType: String
    /// `sha256:…`
    public var digest: String

    public init(bytes: [UInt8], mediaType: String, digest: String) {
        self.bytes = bytes
        self.mediaType = mediaType
        self.digest = digest
    }
}
