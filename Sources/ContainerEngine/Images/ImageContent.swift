public import OCI

/// What an image is published from.
public struct ImageContent: Sendable {
    /// The configuration document (OCI image-spec, config.md), byte for byte: its digest is the image's id.
    public var configuration: [UInt8]
    /// The manifest as it came, if it came from somewhere: its digest is the one a registry knows it by. Nil makes one.
    public var manifest: [UInt8]?
    /// Bottom first, one for each diff id of the configuration.
    public var layers: [StoredLayer]
    /// How it came here, as people read it: `pulled from docker.io`, `built from Dockerfile`.
    public var origin: String
    /// The id of the image it was built or committed on.
    public var parent: Digest?
    /// What a registry knows it by: `docker.io/library/busybox@sha256:…`, of the manifest or of the list it is in.
    public var repositoryDigest: String?

    public init(
        configuration: [UInt8], manifest: [UInt8]? = nil, layers: [StoredLayer], origin: String, parent: Digest? = nil
    ) {
        self.configuration = configuration
        self.manifest = manifest
        self.layers = layers
        self.origin = origin
        self.parent = parent
    }
}
