public import Terminal

/// One thing that was looked at, what it means, and what to do about it.
public struct Finding: Sendable, Hashable {
    public enum Verdict: String, Sendable, Hashable {
        case works = "✓"
        /// It works less well than it could, or was not tried.
        case limited = "!"
        case missing = "✗"
    }

    /// A short word for tests and for those who link to it: `namespaces`, `overlay`, …
    public var name: String
    public var verdict: Verdict
    public var title: Localized
    /// What it means for the learner, one line.
    public var meaning: Localized
    /// Commands for a shell on Debian or Ubuntu, in order; empty where no command helps.
    public var fix: [String]
    /// Without it no container runs.
    public var isEssential: Bool

    public init(
        _ name: String, _ verdict: Verdict, title: Localized, meaning: Localized, fix: [String] = [],
        isEssential: Bool = false
    ) {
        self.name = name
        self.verdict = verdict
        self.title = title
        self.meaning = meaning
        self.fix = fix
        self.isEssential = isEssential
    }
}
