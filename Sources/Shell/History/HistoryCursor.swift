/// The way through the history with the arrow keys: entries that begin with what stood in the line at first.
struct HistoryCursor {
    private let entries: [String]
    private var index: Int
    /// What was in the line before the first step back.
    private let draft: String

    init(entries: [String], draft: String) {
        self.entries = entries
        self.draft = draft
        index = entries.count
    }

    /// The next older entry, or nil at the end.
    mutating func older() -> String? {
        let shown = index < entries.count ? entries[index] : draft
        var candidate = index - 1
        while candidate >= 0 {
            if entries[candidate].hasPrefix(draft), entries[candidate] != shown {
                index = candidate
                return entries[candidate]
            }
            candidate -= 1
        }
        return nil
    }

    /// The next newer one; behind the newest comes the draft, then nil.
    mutating func newer() -> String? {
        guard index < entries.count else { return nil }
        let shown = entries[index]
        var candidate = index + 1
        while candidate < entries.count {
            if entries[candidate].hasPrefix(draft), entries[candidate] != shown {
                index = candidate
                return entries[candidate]
            }
            candidate += 1
        }
        index = entries.count
        return draft
    }
}
