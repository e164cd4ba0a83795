import Terminal

/// Where lines come from.
protocol CellReader: AnyObject {
    func read(_ prompt: Prompt) -> LineEditor.Outcome
    /// Before each cell.
    /// - Parameter typedAhead: keys that came while the last cell ran.
    func prepare(language: Language, typedAhead: [UInt8])
}

extension LineEditor: CellReader {
    func prepare(language: Language, typedAhead: [UInt8]) {
        self.language = language
        if !typedAhead.isEmpty { keys.unread(typedAhead) }
    }
}
