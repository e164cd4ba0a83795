import Synchronization

/// The entries of this session and those before it.
final class History: Sendable {
    private let file: HistoryFile?
    private let entries: Mutex<[String]>

    init(file: HistoryFile?) {
        self.file = file
        entries = Mutex(file?.load() ?? [])
    }

    /// Oldest first.
    var all: [String] { entries.withLock { $0 } }

    /// Remembers what was typed. The same entry twice in a row is one; a line that begins with a space is not kept, as
    /// in other shells.
    func append(_ entry: String) {
        guard !entry.isEmpty, !entry.hasPrefix(" ") else { return }
        let isNew = entries.withLock { entries in
            guard entries.last != entry else { return false }
            entries.append(entry)
            return true
        }
        if isNew { file?.append(entry) }
    }
}
