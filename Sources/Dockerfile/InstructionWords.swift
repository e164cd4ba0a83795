/// Splits the text of an instruction at white space outside quotes. Quotes and escapes stay in the words: they lose
/// them when variables are expanded.
enum InstructionWords {
    static func split(_ text: some StringProtocol, escape: Character) -> [String] {
        var words: [String] = []
        var word = ""
        var isInWord = false
        var quote: Character?
        var characters = text.makeIterator()
        while let character = characters.next() {
            if let open = quote {
                word.append(character)
                if character == open {
                    quote = nil
                } else if character == escape, open == "\"", let next = characters.next() {
                    word.append(next)
                }
            } else if character.isWhitespace {
                if isInWord { words.append(word) }
                word = ""
                isInWord = false
            } else {
                isInWord = true
                word.append(character)
                if character == "\"" || character == "'" {
                    quote = character
                } else if character == escape, let next = characters.next() {
                    word.append(next)
                }
            }
        }
        if isInWord { words.append(word) }
        return words
    }

    /// The first word and what follows it.
    static func first(_ text: some StringProtocol) -> (word: String, rest: String) {
        let trimmed = text.trimmed
        let word = trimmed.prefix { !$0.isWhitespace }
        return (String(word), String(trimmed[word.endIndex...].trimmed))
    }

    /// Takes the `--name[=value]` words from the beginning.
    static func flags(_ text: String, escape: Character) -> (flags: [(name: String, value: String?)], rest: String) {
        var flags: [(name: String, value: String?)] = []
        var rest = text.trimmed
        while rest.hasPrefix("--") {
            let word = firstWord(rest, escape: escape)
            if word == "--" {
                rest = rest.dropFirst(2).trimmed
                break
            }
            let body = word.dropFirst(2)
            if let equals = body.firstIndex(of: "=") {
                flags.append((String(body[..<equals]), String(body[body.index(after: equals)...])))
            } else {
                flags.append((String(body), nil))
            }
            rest = rest[word.endIndex...].trimmed
        }
        return (flags, String(rest))
    }

    /// Up to the first white space outside quotes.
    private static func firstWord(_ text: Substring, escape: Character) -> Substring {
        var quote: Character?
        var index = text.startIndex
        while index < text.endIndex {
            let character = text[index]
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "\"" || character == "'" {
                quote = character
            } else if character.isWhitespace {
                break
            } else if character == escape {
                text.formIndex(after: &index)
                if index == text.endIndex { break }
            }
            text.formIndex(after: &index)
        }
        return text[..<index]
    }
}
