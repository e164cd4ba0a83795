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

    /// Who is told. It is called on the maker's thread, often, and must not wait.
    ///
    /// A type of its own, since swiftc 6.3.1 makes code that crashes of a task-local optional closure (optimised, and bound
    /// in another module).
    public struct Listener: Sendable {
        private let hear: @Sendable (ImageProgress) -> Void

        public init(_ hear: @escaping @Sendable (ImageProgress) -> Void) {
            self.hear = hear
        }

        public func callAsFunction(_ progress: ImageProgress) {
            hear(progress)
        }
    }

    /// Bound around a call such as `resolveImage` or `createContainer`, however deep below it an image is made.
    @TaskLocal public static var listener: Listener?
}
