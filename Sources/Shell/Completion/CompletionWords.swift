/// The words of the command that is being typed at the end of a line, as far as completion needs to know them.
struct CompletionWords: Equatable {
    /// The last is the one at the cursor, and may be empty. Without quotes.
    let words: [String]
    /// The last word as it was typed, with its quotes and escapes.
    let typed: String
    /// It stands where a redirection's file is named.
    let isRedirection: Bool

    /// - Returns: nil inside an open single or double quote that began before the last word's start, or in a comment.
    init?(_ text: String) {
        var words: [String] = []
        var word = ""
        var typed = ""
        var hasWord = false
        var isRedirection = false
        var quote: Character?
        var isEscaped = false
        func finish() {
            if hasWord { words.append(word) }
            (word, typed, hasWord) = ("", "", false)
        }
        for character in text {
            typed.append(character)
            if isEscaped {
                word.append(character)
                isEscaped = false
            } else if let open = quote {
                if character == open {
                    quote = nil
                } else if character == "\\", open == "\"" {
                    isEscaped = true
                } else {
                    word.append(character)
                }
            } else {
                switch character {
                case "\\":
                    isEscaped = true
                    hasWord = true
                case "'", "\"":
                    quote = character
                    hasWord = true
                case " ", "\t":
                    if hasWord { isRedirection = false }
                    finish()
                case "\n", "|", "&", ";", "(", ")", "`":
                    finish()
                    words = []
                    isRedirection = false
                case "<", ">":
                    finish()
                    isRedirection = true
                case "#" where !hasWord: return nil
                default:
                    word.append(character)
                    hasWord = true
                }
                if character == " " || character == "\t" { typed = "" }
                if "\n|&;()`<>".contains(character) { typed = "" }
            }
        }
        // Reserved words and assignments stand before a command.
        let leading: Set<String> = [
            "then", "do", "else", "elif", "if", "while", "until", "!", "{", "time", "exec", "sudo",
        ]
        while let first = words.first, leading.contains(first) || Self.isAssignment(first) { words.removeFirst() }
        self.words = words + [word]
        self.typed = typed
        self.isRedirection = isRedirection
    }

    private static func isAssignment(_ word: String) -> Bool {
        guard let equals = word.firstIndex(of: "="), equals > word.startIndex else { return false }
        return word[..<equals].allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    }
}
