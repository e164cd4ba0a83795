/// How a strategic merge patch treats a field and those below it (what Kubernetes' Go types say with `patchStrategy` and
/// `patchMergeKey`).
public struct PatchSchema: Sendable {
    public enum ListStrategy: Sendable, Hashable {
        /// A list in the patch replaces the list.
        case atomic
        /// Elements are objects that are matched by this member.
        case mergeByKey(String)
        /// Elements are texts or numbers; the patch adds to them.
        case mergeValues
    }

    /// Of the named members of an object.
    public var members: [String: PatchSchema]
    /// If the field is a list: how it is merged, and (by `members`) what its elements look like.
    public var list: ListStrategy
    /// Members of the object that the patch does not name are dropped (one-of unions such as volumes).
    public var retainsKeys: Bool

    public init(
        _ members: [String: PatchSchema] = [:], list: ListStrategy = .atomic, retainsKeys: Bool = false
    ) {
        self.members = members
        self.list = list
        self.retainsKeys = retainsKeys
    }

    /// Objects merge, lists are replaced: what holds for fields nobody described.
    public static let unknown = PatchSchema()

    subscript(member: String) -> PatchSchema { members[member] ?? .unknown }
}
