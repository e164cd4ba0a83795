/// What somebody wants to do with a repository (distribution/spec auth/scope.md).
struct AccessScope: Sendable, Hashable {
    var repository: String
    var actions: String
    /// A further repository, to read from.
    var source: String?

    static func pull(_ repository: String) -> AccessScope { AccessScope(repository: repository, actions: "pull") }
    static func push(_ repository: String, from source: String? = nil) -> AccessScope {
        AccessScope(repository: repository, actions: "pull,push", source: source)
    }

    /// As token servers read them: `repository:library/busybox:pull`.
    var words: [String] {
        ["repository:\(repository):\(actions)"] + (source.map { ["repository:\($0):pull"] } ?? [])
    }
}
