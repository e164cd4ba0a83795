/// "Did you mean": the candidate nearest to what was typed.
public enum Suggestion {
    /// The best candidate within a third of its length in edits (at least 1, at most 3), or one that `word` begins.
    public static func nearest(to word: String, in candidates: some Sequence<String>) -> String? {
        var best: (candidate: String, distance: Int)?
        for candidate in candidates where candidate != word {
            let limit = max(1, min(3, (candidate.count + 1) / 3))
            let distance = distance(Array(word.lowercased()), Array(candidate.lowercased()))
            let isPrefix = word.count >= 2 && candidate.lowercased().hasPrefix(word.lowercased())
            // Nothing of the word would be left in a shorter one.
            guard distance <= limit && distance < max(word.count, candidate.count) || isPrefix else { continue }
            if best.map({ distance < $0.distance }) ?? true { best = (candidate, distance) }
        }
        return best?.candidate
    }

    /// Edits (insert, delete, replace, swap neighbours) between two words: the optimal string alignment distance.
    static func distance(_ left: [Character], _ right: [Character]) -> Int {
        if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
        var older: [Int] = []
        var previous = Array(0...right.count)
        for row in 1...left.count {
            var current = [row]
            for column in 1...right.count {
                let cost = left[row - 1] == right[column - 1] ? 0 : 1
                var value = min(previous[column] + 1, current[column - 1] + 1, previous[column - 1] + cost)
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                    value = min(value, older[column - 2] + 1)
                }
                current.append(value)
            }
            older = previous
            previous = current
        }
        return previous[right.count]
    }
}
