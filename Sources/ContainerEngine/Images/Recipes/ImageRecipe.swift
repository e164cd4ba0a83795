import ContainerRuntime
import OCI

/// How an image is made on this machine without a network.
protocol ImageRecipe: Sendable {
    var reference: ImageReference { get }
    /// Further names of the image in the same repository, such as the version of what is in it. Finding them out may take
    /// a moment: they are asked for only when somebody names the repository.
    func otherReferences() -> [ImageReference]
    /// Changes when the same recipe would give another image.
    /// - Throws: `.unavailable` with what is missing and which package brings it.
    func fingerprint() throws(RuntimeError) -> String
    /// - Parameter base: gives an image to build on, assembled first if it must be.
    func assemble(
        base: (ImageReference) throws(RuntimeError) -> StoredImage
    ) throws(RuntimeError) -> AssembledImage
}

extension ImageRecipe {
    func otherReferences() -> [ImageReference] { [] }

    /// Whether `reference` is one of its image's names.
    func makes(_ reference: ImageReference) -> Bool {
        if reference == self.reference { return true }
        guard reference.domain == self.reference.domain, reference.path == self.reference.path else { return false }
        return otherReferences().contains(reference)
    }
}

/// What a recipe makes: further layers on an image, if any, and the configuration without its layers.
struct AssembledImage {
    var base: StoredImage?
    var layers: [(content: LayerContent, createdBy: String)]
    var configure: (inout ImageConfiguration) -> Void
    /// Seconds since 1970.
    var createdAt: Int
    var origin: String
    /// Where files of `layers` lie that nobody needs once they are copied.
    var workspace: RecipeWorkspace?
}
