import ContainerRuntime
import OCI

/// An image that is whole in the store.
struct StoredImage: Sendable {
    /// Annotations of the manifest: how the image came here, and the bytes of its files.
    static let originKey = "kijabi.origin"
    static let sizeKey = "kijabi.size"

    var summary: ImageSummary
    var configuration: ImageConfiguration
    /// The configuration as it was published: its digest is the image's id.
    var configurationBytes: [UInt8]
    /// The host directories of its layers, top first: the order of overlayfs's `lowerdir`.
    var layerDirectories: [String]
    /// In the order of the configuration's layers, bottom first.
    var layerDescriptors: [ContentDescriptor]
    var manifestDigest: Digest
    var manifestBytes: [UInt8]
}
