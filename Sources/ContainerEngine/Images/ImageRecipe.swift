import ContainerRuntime
import OCI

/// How an image is made on this machine without a network.
protocol ImageRecipe: Sendable {
    var reference: ImageReference { get }
    /// Changes when the same recipe would give another image.
    /// - Throws: `.unavailable` with what is missing and which package brings it.
    func fingerprint() throws(RuntimeError) -> String
    /// - Parameter base: gives an image to build on, assembled first if it must be.
    func assemble(
        base: (ImageReference) throws(RuntimeError) -> StoredImage
    ) throws(RuntimeError) -> AssembledImage
}

/// What a recipe makes: further layers on an image, if any, and the configuration without its layers.
struct AssembledImage {
    var base: StoredImage?
    var layers: [(content: LayerContent, createdBy: String)]
    var configure: (inout ImageConfiguration) -> Void
    /// Seconds since 1970.
    var createdAt: Int
    var origin: String
}
