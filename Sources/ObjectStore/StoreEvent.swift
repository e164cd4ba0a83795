/// Counts the writes of a store: every write gets the next one. A new store stands at 1, its first write is 2.
public typealias Revision = Int

/// A key with its value as of one revision (etcd's `mvccpb.KeyValue`).
public final class StoredEntry: Sendable {
    public let key: String
    public let value: StoredValue
    /// The write that created the key (again, if it had been deleted).
    public let createRevision: Revision
    /// The write that this entry is.
    public let modRevision: Revision
    /// Writes since the creation, which is 1.
    public let version: Int

    init(key: String, value: StoredValue, createRevision: Revision, modRevision: Revision, version: Int) {
        self.key = key
        self.value = value
        self.createRevision = createRevision
        self.modRevision = modRevision
        self.version = version
    }
}

/// One write: what changed, when, and why.
public final class StoreEvent: Sendable {
    public let key: String
    public let revision: Revision
    /// The entry that was written; nil where the key was deleted.
    public let entry: StoredEntry?
    /// The entry before; nil where there was none.
    public let previous: StoredEntry?
    /// What made this write, in the writer's words: the cell that was typed, or the controller and what it reacted to.
    public let cause: String
    /// Time since 1970-01-01T00:00:00Z by the store's clock.
    public let time: Duration

    init(
        key: String, revision: Revision, entry: StoredEntry?, previous: StoredEntry?, cause: String, time: Duration
    ) {
        self.key = key
        self.revision = revision
        self.entry = entry
        self.previous = previous
        self.cause = cause
        self.time = time
    }

    public var isCreation: Bool { entry != nil && previous == nil }
    public var isDeletion: Bool { entry == nil }
}
