import CEditline
import Terminal

extension LineEditor {
    /// Ctrl-R: looks back through the history for what is typed. Enter or an arrow takes the entry into the line, Ctrl-R
    /// goes on to an older one, Ctrl-G, Ctrl-C or Escape bring back what was there.
    func searchHistory() -> Int32 {
        let (before, ownPrompt) = (String(scalars: text), prompt)
        var search = HistorySearch(entries: history.all)
        show(search, found: before)
        while true {
            let event = keys.next()
            guard case .key(let key) = event else {
                if event == .news, !news.mustLeave {
                    showNews()
                    continue
                }
                return finish(ownPrompt, before)
            }
            switch key {
            case Key.search: search.older()
            case Key.backspace, Key.delete: search.dropLast()
            case Key.cancelSearch, Key.interrupt, Key.escape: return finish(ownPrompt, before)
            case 0x20..., 0x09:
                if (0x80...0x9F).contains(key) || key == Key.tab {
                    return finish(ownPrompt, search.found ?? before)
                }
                Unicode.Scalar(key).map { search.append($0) }
            default: return finish(ownPrompt, search.found ?? before)
            }
            show(search, found: search.found ?? before)
        }
    }

    private func show(_ search: HistorySearch, found: String) {
        let label = Localized(ko: "찾기", en: "search")(language)
        let mark = search.isMissing ? " ✗" : ""
        // What is on the screen is erased before the text changes: the rows are counted with the old one.
        eraseLine()
        replaceAll(with: found)
        redraw(
            with: Prompt(text: "\(style("(\(label)\(mark))", .dim)) \(search.query) \(style(":", .dim)) "),
            erasing: false)
    }

    private func finish(_ prompt: Prompt, _ text: String) -> Int32 {
        eraseLine()
        replaceAll(with: text)
        redraw(with: prompt, erasing: false)
        return ce_continue
    }
}

/// A search through entries, newest first.
struct HistorySearch {
    private let entries: [String]
    private(set) var query = ""
    /// The index of the entry found.
    private var index: Int?
    /// Nothing (more) was found.
    private(set) var isMissing = false

    init(entries: [String]) {
        self.entries = entries
    }

    var found: String? { index.map { entries[$0] } }

    mutating func append(_ scalar: Unicode.Scalar) {
        query.unicodeScalars.append(scalar)
        find(from: index ?? entries.count - 1)
    }

    mutating func dropLast() {
        guard !query.isEmpty else { return }
        query.removeLast()
        index = nil
        isMissing = false
        if !query.isEmpty { find(from: entries.count - 1) }
    }

    mutating func older() {
        guard !query.isEmpty else { return }
        let shown = found
        var start = (index ?? entries.count) - 1
        while start >= 0, entries[start] == shown { start -= 1 }
        find(from: start)
    }

    private mutating func find(from start: Int) {
        var candidate = start
        while candidate >= 0 {
            if entries[candidate].contains(query) {
                (index, isMissing) = (candidate, false)
                return
            }
            candidate -= 1
        }
        isMissing = true
    }
}
