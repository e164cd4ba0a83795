/// What is wrong with a Dockerfile, and in which lines of it.
public struct DockerfileError: Error, Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case empty
        /// It begins with no keyword; the word as it was written.
        case unknownInstruction(String)
        /// `--name` as written, and the names that the instruction takes.
        case unknownFlag(String, of: Keyword, known: [String])
        /// An instruction other than ARG before the first FROM.
        case noStage(Keyword)
        case unterminatedHereDocument(String)
        /// A shell's substitution that is not one.
        case substitution(String)
        /// What the instruction lacks or has too much of.
        case arguments(String)
    }

    public let kind: Kind
    /// Counted from 1.
    public let lines: ClosedRange<Int>

    public init(_ kind: Kind, lines: ClosedRange<Int>) {
        self.kind = kind
        self.lines = lines
    }

    /// The sentence, in docker's words.
    public var message: String {
        switch kind {
        case .empty: "file with no instructions"
        case .unknownInstruction(let word): "unknown instruction: \(word)"
        case .unknownFlag(let flag, _, _): "unknown flag: \(flag)"
        case .noStage: "no build stage in current context"
        case .unterminatedHereDocument: "unterminated heredoc"
        case .substitution(let sentence), .arguments(let sentence): sentence
        }
    }
}

/// Something that builds, but hardly does what was meant.
public struct DockerfileWarning: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// A line that was to be continued is followed by an empty one.
        case emptyContinuation
        /// `[…]` that is no JSON array and was therefore given to a shell.
        case notJSON(Keyword)
        /// MAINTAINER, which is out of use.
        case maintainer
        /// A stage's name that another has already.
        case duplicateStage(String)
        /// `ENV NAME value`, the old form.
        case oldForm(Keyword)
    }

    public let kind: Kind
    public let lines: ClosedRange<Int>
}
