/// What the store knows of one watch.
///
/// As in etcd's watchable store a watcher is *synced* (every new event goes straight to its buffer) or *unsynced* (it must
/// first read events it has not seen from the log). A synced watcher whose reader is too slow, so that the buffer is full,
/// is a *victim*: it becomes unsynced at the event that did not fit, and reads on from the log when its buffer is empty.
/// So a writer never waits for a reader, and a reader misses nothing unless its place in the log is compacted away, of
/// which it is told.
///
/// Used under the store's lock only.
final class Watcher {
    let prefix: String
    /// Events before this revision are in the buffer, were delivered, or do not match.
    var next: Revision
    var isSynced: Bool
    var buffer: [StoreEvent] = []
    /// The reader, while it waits for something to read.
    var reader: CheckedContinuation<Void, Never>?

    init(prefix: String, next: Revision, isSynced: Bool) {
        self.prefix = prefix
        self.next = next
        self.isSynced = isSynced
    }
}

extension Watcher {
    /// Takes a new event, if it matches and the watcher is synced.
    /// - Returns: the reader to be woken.
    func offer(_ event: StoreEvent, limit: Int) -> CheckedContinuation<Void, Never>? {
        guard isSynced, event.key.hasPrefix(prefix) else { return nil }
        if buffer.count < limit {
            buffer.append(event)
        } else {
            isSynced = false
            next = event.revision
        }
        defer { reader = nil }
        return reader
    }

    /// What is there to read: the buffer, else what the log has, at most `limit` events. Empty where there is nothing.
    func take(from log: EventLog, limit: Int) throws(StoreError) -> [StoreEvent] {
        if !buffer.isEmpty {
            defer { buffer = [] }
            return buffer
        }
        var taken: [StoreEvent] = []
        while !isSynced {
            guard next > log.oldest else { throw .compacted(oldest: log.oldest) }
            guard next <= log.current else {
                isSynced = true
                break
            }
            for event in log[next...log.current] {
                next = event.revision + 1
                if event.key.hasPrefix(prefix) { taken.append(event) }
                if taken.count == limit { return taken }
            }
        }
        return taken
    }

    /// The revision up to which everything that matches has been taken.
    func progress(current: Revision) -> Revision {
        if let first = buffer.first { return first.revision - 1 }
        return isSynced ? current : next - 1
    }
}
