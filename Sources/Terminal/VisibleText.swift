/// Text from elsewhere, made fit for a terminal: it can say anything, but do nothing.
public enum VisibleText {
    /// The text with control characters (C0, DEL, C1) in caret notation: ESC is `^[`. Newlines and tabs stay.
    public static func lines(_ text: String) -> String { shown(text) { $0 == "\n" || $0 == "\t" } }

    /// One line: what follows a newline is cut off and said to be missing.
    public static func cell(_ text: String) -> String {
        guard let end = text.unicodeScalars.firstIndex(where: { ["\n", "\r", "\u{B}", "\u{C}"].contains($0) }) else {
            return shown(text) { _ in false }
        }
        return shown(String(text.unicodeScalars[..<end])) { _ in false } + "..."
    }

    private static func shown(_ text: String, unless isKept: (Unicode.Scalar) -> Bool) -> String {
        func isControl(_ scalar: Unicode.Scalar) -> Bool {
            scalar.properties.generalCategory == .control && !isKept(scalar)
        }
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            guard isControl(scalar) else {
                result.append(scalar)
                continue
            }
            // 0x1B is ^[, 0x7F is ^?; C1 has the same letters behind M-, as cat -v shows it.
            if scalar.value >= 0x80 { result.append(contentsOf: "M-".unicodeScalars) }
            result.append("^")
            if let letter = Unicode.Scalar((scalar.value & 0x7F) ^ 0x40) { result.append(letter) }
        }
        return String(result)
    }
}
