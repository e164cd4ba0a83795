public import OCI

/// A layer that an image can be published with: in the store already, or finished in a place from which publishing moves
/// it. Until then it lives as long as this value.
public struct StoredLayer: Sendable {
    /// The blob as it is stored: what the manifest says.
    public let descriptor: ContentDescriptor
    /// Of the uncompressed tar stream: what the configuration says.
    public let diffID: Digest
    /// Bytes of its files.
    public let size: Int

    /// Where they wait; nil for what has its place.
    let blobFile: String?
    let tree: String?
    let staging: ImageStaging?

    init(
        descriptor: ContentDescriptor, diffID: Digest, size: Int, blobFile: String? = nil, tree: String? = nil,
        staging: ImageStaging? = nil
    ) {
        self.descriptor = descriptor
        self.diffID = diffID
        self.size = size
        self.blobFile = blobFile
        self.tree = tree
        self.staging = staging
    }
}
