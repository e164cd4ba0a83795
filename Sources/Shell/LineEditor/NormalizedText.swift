@_spi(_Unicode) import Swift

extension String {
    /// The text in normalisation form C (Unicode Standard Annex #15): one scalar a syllable, however it was typed.
    var composed: String {
        // Most lines are ASCII, which is its own composition.
        if utf8.allSatisfy({ $0 < 0x80 }) { return self }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: _nfc)
        return String(text)
    }
}
