/// Why there is no image.
public enum BuildError: Error, Sendable, Hashable {
    /// The Dockerfile is wrong, or one of its instructions cannot be followed.
    case fault(BuildFault)
    /// Something that no instruction is to blame for.
    case runtime(RuntimeError)
    case cancelled
}

public struct BuildFault: Sendable, Hashable {
    public enum Reason: Sendable, Hashable {
        /// It cannot be read as a Dockerfile.
        case syntax
        case unknownInstruction(String, known: [String])
        case unknownFlag(String, known: [String])
        /// The command of a RUN ended with another status than 0.
        case commandFailed(ExitStatus)
        /// There is no such file where COPY or ADD looked for it; `isIgnored` because of the .dockerignore.
        case missingFile(path: String, isIgnored: Bool)
        /// A RUN wants a secret, or an agent, that was not given.
        case missingSecret(id: String)
        case missingAgent(id: String)
        /// The Dockerfile itself is not there.
        case missingDockerfile(path: String)
        case noSuchImage(String, offered: [String])
        case noSuchStage(String, known: [String])
        /// Something of the language that this builder does not do, and why.
        case unsupported
        case system(RuntimeError)
        case other
    }

    public var reason: Reason
    /// The sentence, in docker's words.
    public var message: String
    public var source: SourceExcerpt?
    /// The step that failed, by its number in the events; nil where none had begun.
    public var step: Int?

    public init(_ reason: Reason, _ message: String, source: SourceExcerpt? = nil, step: Int? = nil) {
        self.reason = reason
        self.message = message
        self.source = source
        self.step = step
    }
}
