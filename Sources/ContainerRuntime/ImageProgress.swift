/// How far the making of an image is, for whoever shows it while it is waited for.
public struct ImageProgress: Sendable, Hashable {
    public enum Stage: Sendable, Hashable {
        /// Packages come from the distribution's package source.
        case downloadingPackages
        /// Files are copied into a layer.
        case copying
    }

    /// `redis:latest`
    public var image: String
    public var stage: Stage
    /// Bytes; the total is 0 where nobody knows it.
    public var completed: Int
    public var total: Int

    public init(image: String, stage: Stage, completed: Int, total: Int) {
        self.image = image
        self.stage = stage
        self.completed = completed
        self.total = total
    }

    /// Who is told. It is bound around a call such as `resolveImage` or `createContainer`, however deep below it an image
    /// is made; it is called on the maker's thread, often, and must not wait.
    @TaskLocal public static var listener: (@Sendable (ImageProgress) -> Void)?
}
