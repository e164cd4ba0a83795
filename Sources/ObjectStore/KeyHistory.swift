/// The retained writes of one key, oldest first (etcd's `keyIndex`, with the values beside the revisions).
///
///     put a=1 at 5, put a=2 at 8, delete a at 9, put a=3 at 12
///     versions:      5:a=1   8:a=2   9:–   12:a=3
///     at 8, at 11:           a=2     –
///     compact(9):                          12:a=3     a deletion at the boundary says nothing and goes
///     compact(8):            8:a=2   9:–   12:a=3     the entry valid at the boundary stays
final class KeyHistory {
    struct Version {
        let revision: Revision
        /// Nil for a deletion.
        let entry: StoredEntry?
    }

    let key: String
    private(set) var versions: [Version] = []

    init(key: String) {
        self.key = key
    }

    var current: StoredEntry? { versions.last?.entry }

    func append(_ revision: Revision, _ entry: StoredEntry?) {
        versions.append(Version(revision: revision, entry: entry))
    }

    /// The entry as of `revision`, which must not be compacted.
    func entry(at revision: Revision) -> StoredEntry? {
        // The most recent is nearly always the one.
        versions.last { $0.revision <= revision }?.entry
    }

    /// Forgets what is not needed to answer for `oldest` and later.
    /// - Returns: whether nothing is left of the key.
    func compact(to oldest: Revision) -> Bool {
        guard let boundary = versions.lastIndex(where: { $0.revision <= oldest }) else { return versions.isEmpty }
        versions.removeFirst(versions[boundary].entry == nil ? boundary + 1 : boundary)
        return versions.isEmpty
    }
}
