/// A line that needs no shell: one command of plain and quoted words.
struct SimpleLine: Equatable {
    let words: [String]

    /// - Returns: nil where anything in `text` is a shell's business: expansion, redirection, several commands,
    ///   assignment, or a quote left open.
    init?(_ text: String) {
        var reader = WordReader(text)
        guard let words = reader.words(), let first = words.first, !first.text.isEmpty else { return nil }
        if !first.isQuoted {
            if first.text.contains("=") || ["!", "{", "}", "."].contains(first.text) { return nil }
        }
        self.words = words.map(\.text)
    }

    struct Word: Equatable {
        var text = ""
        var isQuoted = false
    }

    /// Reads words by the rules of quoting (XCU 2.2).
    private struct WordReader {
        private var rest: Substring.UnicodeScalarView

        init(_ text: String) {
            rest = Substring(text).unicodeScalars
        }

        mutating func words() -> [Word]? {
            var words: [Word] = []
            while true {
                while let next = rest.first, next == " " || next == "\t" || (next == "\n" && isOnlySpaceLeft) {
                    rest.removeFirst()
                }
                guard let next = rest.first, next != "#" else { return isLastLine ? words : nil }
                if next == "~" { return nil }
                guard let word = word() else { return nil }
                words.append(word)
            }
        }

        private var isOnlySpaceLeft: Bool { rest.allSatisfy { $0 == " " || $0 == "\t" || $0 == "\n" } }
        private var isLastLine: Bool { !rest.contains("\n") }

        private mutating func word() -> Word? {
            var word = Word()
            while let next = rest.first, next != " ", next != "\t", !(next == "\n" && isOnlySpaceLeft) {
                rest.removeFirst()
                switch next {
                case "'":
                    guard let end = rest.firstIndex(of: "'") else { return nil }
                    word.text.unicodeScalars.append(contentsOf: rest[..<end])
                    word.isQuoted = true
                    rest = rest[rest.index(after: end)...]
                case "\"":
                    guard let quoted = doubleQuoted() else { return nil }
                    word.text += quoted
                    word.isQuoted = true
                case "\\":
                    guard let escaped = rest.popFirst(), escaped != "\n" else { return nil }
                    word.text.unicodeScalars.append(escaped)
                    word.isQuoted = true
                case "$", "`", "|", "&", ";", "<", ">", "(", ")", "*", "?", "[", "\n": return nil
                default: word.text.unicodeScalars.append(next)
                }
            }
            return word
        }

        private mutating func doubleQuoted() -> String? {
            var text = ""
            while let next = rest.popFirst() {
                switch next {
                case "\"": return text
                case "$", "`": return nil
                case "\\":
                    guard let escaped = rest.popFirst() else { return nil }
                    if !["$", "`", "\"", "\\", "\n"].contains(escaped) { text.unicodeScalars.append("\\") }
                    if escaped != "\n" { text.unicodeScalars.append(escaped) }
                default: text.unicodeScalars.append(next)
                }
            }
            return nil
        }
    }
}
