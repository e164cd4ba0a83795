/// Why the store refuses.
public enum StoreError: Error, Sendable {
    /// The key was to be created and exists.
    case exists(StoredEntry)
    /// The key was to be changed and does not exist.
    case notFound
    /// The key was last written at another revision than expected.
    case modified(current: StoredEntry)
    /// The revision's history is gone; the oldest that can still be read is given.
    case compacted(oldest: Revision)
    /// The revision has not been written yet.
    case future(current: Revision)
}

/// What must hold of a key for a write to happen.
public enum WritePrecondition: Sendable, Hashable {
    /// Nothing.
    case none
    /// There is no such key.
    case absent
    /// There is such a key.
    case present
    /// The key was last written at this revision.
    case revision(Revision)
}
