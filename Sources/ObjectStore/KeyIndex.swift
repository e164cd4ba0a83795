/// All keys that have retained history: by name, and in order for ranges.
///
/// The order is an array of sorted runs of bounded length, so that adding a key moves at most a run's worth of pointers
/// whatever the number of keys.
struct KeyIndex {
    private var histories: [String: KeyHistory] = [:]
    private var runs: [[KeyHistory]] = []

    private static let maximumRun = 512

    subscript(key: String) -> KeyHistory? { histories[key] }

    /// The history of `key`, made if there is none.
    mutating func history(of key: String) -> KeyHistory {
        if let history = histories[key] { return history }
        let history = KeyHistory(key: key)
        histories[key] = history
        guard !runs.isEmpty else {
            runs.append([history])
            return history
        }
        let run = runIndex(of: key)
        runs[run].insert(history, at: position(of: key, in: run))
        if runs[run].count > Self.maximumRun {
            let half = runs[run].count / 2
            let tail = Array(runs[run][half...])
            runs[run].removeSubrange(half...)
            runs.insert(tail, at: run + 1)
        }
        return history
    }

    mutating func remove(_ key: String) {
        guard histories.removeValue(forKey: key) != nil else { return }
        let run = runIndex(of: key)
        runs[run].remove(at: position(of: key, in: run))
        if runs[run].isEmpty { runs.remove(at: run) }
    }

    /// Calls `body` with the histories whose keys begin with `prefix` and come after `last`, in order, until it returns
    /// false.
    func forEach(prefix: String, after last: String?, _ body: (KeyHistory) -> Bool) {
        guard !runs.isEmpty else { return }
        let start = last.map { max($0, prefix) } ?? prefix
        var run = runIndex(of: start)
        var position = position(of: start, in: run)
        while run < runs.count {
            // Where the last key of a run has the prefix, all from the start position on have it.
            let isInside = runs[run].last?.key.hasPrefix(prefix) ?? false
            for history in runs[run][position...] {
                if let last, history.key == last { continue }
                guard isInside || history.key.hasPrefix(prefix), body(history) else { return }
            }
            run += 1
            position = 0
        }
    }

    /// The run that holds `key`, or would: the last one that does not begin after it.
    private func runIndex(of key: String) -> Int {
        var (low, high) = (0, runs.count)
        while low < high {
            let middle = (low + high) / 2
            // A run is never empty.
            if runs[middle][0].key <= key { low = middle + 1 } else { high = middle }
        }
        return max(0, low - 1)
    }

    /// The place of the first key in the run that is not before `key`.
    private func position(of key: String, in run: Int) -> Int {
        var (low, high) = (0, runs[run].count)
        while low < high {
            let middle = (low + high) / 2
            if runs[run][middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
