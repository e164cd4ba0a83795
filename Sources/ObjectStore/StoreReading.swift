internal import Synchronization

extension ObjectStore {
    /// The entry of `key`, now or as of a revision; nil where there is none.
    /// - Throws: `StoreError`: `compacted` or `future`, where the revision cannot be read.
    public func get(_ key: String, at revision: Revision? = nil) throws(StoreError) -> StoredEntry? {
        try state.withLock { state throws(StoreError) in
            guard let revision else { return state.index[key]?.current }
            try state.checkReadable(revision)
            return state.index[key]?.entry(at: revision)
        }
    }

    /// The entries whose keys begin with `prefix`, in order of the keys' text.
    /// - Parameters:
    ///   - revision: when; now if nil
    ///   - limit: at most so many
    ///   - continuation: from an earlier range; goes on there, at that revision
    /// - Throws: `StoreError`: `compacted` or `future`, where the revision cannot be read.
    public func list(
        prefix: String, at revision: Revision? = nil, limit: Int? = nil, continuation: StoreRange.Continuation? = nil
    ) throws(StoreError) -> StoreRange {
        try state.withLock { state throws(StoreError) in
            let revision = continuation?.revision ?? revision ?? state.log.current
            try state.checkReadable(revision)
            let isCurrent = revision == state.log.current
            var entries: [StoredEntry] = []
            var remaining = 0
            state.index.forEach(prefix: prefix, after: continuation?.lastKey) { history in
                guard let entry = isCurrent ? history.current : history.entry(at: revision) else { return true }
                if let limit, entries.count >= limit { remaining += 1 } else { entries.append(entry) }
                return true
            }
            return StoreRange(
                entries: entries, revision: revision,
                continuation: remaining > 0
                    ? StoreRange.Continuation(revision: revision, lastKey: entries.last?.key ?? prefix) : nil,
                remaining: remaining)
        }
    }

    /// The retained writes after `revision` whose keys begin with `prefix`, oldest first.
    /// - Throws: `StoreError`: `compacted` or `future`, where the history does not reach there.
    public func events(prefix: String, after revision: Revision) throws(StoreError) -> [StoreEvent] {
        try state.withLock { state throws(StoreError) in
            try state.checkReadable(revision)
            guard revision < state.log.current else { return [] }
            return state.log[(revision + 1)...state.log.current].filter { $0.key.hasPrefix(prefix) }
        }
    }

    /// The write with this revision.
    /// - Throws: `StoreError`: `compacted` or `future`, where it is not there.
    public func event(at revision: Revision) throws(StoreError) -> StoreEvent {
        try state.withLock { state throws(StoreError) in
            guard revision > state.log.oldest else { throw .compacted(oldest: state.log.oldest) }
            guard let event = revision <= state.log.current ? state.log[revision...revision].first : nil else {
                throw .future(current: state.log.current)
            }
            return event
        }
    }

    /// Events whose keys begin with `prefix`, after `revision` or, if that is nil, from now on.
    ///
    /// List first, then watch after the list's revision: nothing is missed and nothing comes twice.
    /// - Throws: `StoreError`: `compacted` or `future`, where the watch cannot begin there.
    public func watch(prefix: String, after revision: Revision? = nil) throws(StoreError) -> StoreWatch {
        let id = try state.withLock { state throws(StoreError) in
            let revision = revision ?? state.log.current
            try state.checkReadable(revision)
            state.lastWatcher += 1
            state.watchers[state.lastWatcher] = Watcher(
                prefix: prefix, next: revision + 1, isSynced: revision == state.log.current)
            return state.lastWatcher
        }
        return StoreWatch(store: self, id: id)
    }
}

extension ObjectStore.State {
    func checkReadable(_ revision: Revision) throws(StoreError) {
        if revision < log.oldest { throw .compacted(oldest: log.oldest) }
        if revision > log.current { throw .future(current: log.current) }
    }
}
