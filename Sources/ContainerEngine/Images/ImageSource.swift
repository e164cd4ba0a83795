public import ContainerRuntime

/// Where the engine gets the file trees of images from.
public protocol ImageSource: Sendable {
    /// All images, newest first.
    func images() async throws(RuntimeError) -> [ImageSummary]
    /// The image that `reference` names; assembles it where a recipe for it exists and it is missing.
    func resolve(_ reference: String) async throws(RuntimeError) -> ImageSummary
    /// Its layers' directories below the data directory, top first. Files belong to `Harbour.rootID` + id.
    func lowerDirectories(of image: ImageSummary) async throws(RuntimeError) -> [String]
    /// The references that `resolve` could make.
    func offered() async -> [String]
}
