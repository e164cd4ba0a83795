/// What came of trying something for real.
public enum Outcome: Sendable, Hashable {
    case worked
    /// The kernel refused the step `stage` with `errno`, at `path` if it was about one.
    case refused(stage: String, errno: Int32, path: String?)
    /// Something of kijabi's own, or a package, is missing; in words.
    case failed(String)
    /// What it builds on did not work.
    case notTried

    public var hasWorked: Bool { self == .worked }
}
