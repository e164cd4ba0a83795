/// Makes images from Dockerfiles.
public protocol BuildService: Sendable {
    /// Builds an image and gives it its names. Cancelling the task ends what runs at once, and leaves nothing behind but
    /// the steps that were finished, which the next build need not repeat.
    /// - Parameter progress: what happens, in order; called from any thread and must not wait.
    func build(
        _ request: BuildRequest, progress: @escaping @Sendable (BuildEvent) -> Void
    ) async throws(BuildError) -> BuiltImage

    /// The results of steps that are kept, last used first.
    func buildCache() async throws(RuntimeError) -> [BuildCacheEntry]

    /// Forgets results of steps that are kept.
    /// - Parameter olderThan: seconds since 1970; only what was not used since then.
    /// - Returns: what was forgotten.
    func pruneBuildCache(olderThan: Double?) async throws(RuntimeError) -> [BuildCacheEntry]
}

/// A wish for an image.
public struct BuildRequest: Sendable {
    public enum Source: Sendable {
        /// The text itself.
        case text([UInt8])
        /// A file of the context.
        case file(path: String)
    }

    public enum Context: Sendable {
        case none
        /// An open directory, which the caller keeps owning until the build has ended.
        case directory(descriptor: Int32)
        /// A tar stream, plain or compressed: its first bytes, and where the rest is read to its end. The caller keeps
        /// owning the descriptor.
        case archive(start: [UInt8], descriptor: Int32)
    }

    public var dockerfile: Source
    /// How the Dockerfile is called in messages.
    public var dockerfileName: String
    public var context: Context
    /// What of the context does not count; nil is the `.dockerignore` in it.
    public var ignoreFile: [UInt8]?
    public var tags: [String] = []
    /// `--build-arg`
    public var arguments: [String: String] = [:]
    /// A stage's name or number; nil is the last.
    public var target: String?
    public var labels: [String: String] = [:]
    public var usesCache = true
    /// Asks a registry for newer base images.
    public var pulls = false
    /// `--secret`: what `RUN --mount=type=secret` may see, by id.
    public var secrets: [String: [UInt8]] = [:]
    /// `--ssh`: the ids under which `RUN --mount=type=ssh` finds the person's ssh-agent.
    public var agents: Set<String> = []
    /// Of RUN: `default`, `none` or `host`.
    public var network = "default"
    /// `linux/amd64`; nil is this machine's.
    public var platform: String?
    /// All times in the image, in seconds since 1970: reproducible-builds.org. Nil keeps the times of files, and dates an
    /// image by the step that made it.
    public var sourceDateEpoch: Int?

    public init(dockerfile: Source, name: String = "Dockerfile", context: Context) {
        self.dockerfile = dockerfile
        dockerfileName = name
        self.context = context
    }
}

/// What a build has made.
public struct BuiltImage: Sendable, Hashable {
    /// `sha256:…`
    public var id: String
    /// As they were given, made whole.
    public var references: [String]
    /// The steps that had to be run, and those that were known.
    public var ranSteps: Int
    public var cachedSteps: Int

    public init(id: String, references: [String], ranSteps: Int, cachedSteps: Int) {
        self.id = id
        self.references = references
        self.ranSteps = ranSteps
        self.cachedSteps = cachedSteps
    }
}

/// Something that happened in a build.
public struct BuildEvent: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// How many steps there will be, as far as is known.
        case planned(steps: Int)
        /// `[2/3] RUN make`
        case began(name: String)
        /// A line about a part of the step: `transferring context: 2B`.
        case detail(String)
        /// How far a download of the step is, in bytes; the total is 0 where nobody knows it.
        case transfer(name: String, current: Int, total: Int, isDone: Bool)
        /// What the command wrote.
        case output([UInt8])
        case finished(End)
        /// What builds but hardly does what was meant, with the lines it is about.
        case warning(String, SourceExcerpt?)
    }

    public enum End: Sendable, Hashable {
        case done
        /// The result was known.
        case cached
        case cancelled
        case failed(String)
    }

    /// Which step, counted from 1; 0 is the build as a whole.
    public var step: Int
    /// Seconds since the build began.
    public var time: Double
    public var kind: Kind

    public init(step: Int, time: Double, kind: Kind) {
        self.step = step
        self.time = time
        self.kind = kind
    }
}

/// Some lines of a Dockerfile.
public struct SourceExcerpt: Sendable, Hashable {
    public var fileName: String
    /// The number of the first of `lines`, counted from 1.
    public var firstLine: Int
    public var lines: [String]
    /// The lines in question.
    public var marked: ClosedRange<Int>

    /// The marked lines with up to two before and behind.
    public init(fileName: String, source: [String], marked: ClosedRange<Int>) {
        self.fileName = fileName
        let count = max(source.count, 1)
        let last = min(max(marked.upperBound, 1), count)
        let first = min(max(marked.lowerBound, 1), last)
        self.marked = first...last
        firstLine = max(1, first - 2)
        let end = min(source.count, last + 2)
        lines = firstLine <= end ? Array(source[(firstLine - 1)..<end]) : []
    }
}

/// The result of a step that is kept.
public struct BuildCacheEntry: Sendable, Hashable {
    /// Of everything that the step depended on, in hexadecimal digits.
    public var key: String
    /// The instruction.
    public var description: String
    /// Bytes of the files in its layer.
    public var size: Int
    /// Seconds since 1970.
    public var createdAt: Double
    public var lastUsedAt: Double
    /// An image has the layer too.
    public var isShared: Bool

    public init(
        key: String, description: String, size: Int, createdAt: Double, lastUsedAt: Double, isShared: Bool
    ) {
        self.key = key
        self.description = description
        self.size = size
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
        self.isShared = isShared
    }
}
