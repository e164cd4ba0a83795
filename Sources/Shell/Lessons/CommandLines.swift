import Terminal

/// Commands that a lesson shows, laid out so that what is copied from the screen can be pasted as it is.
enum CommandLines {
    private static let indent = "   "

    /// The lines to print, at most `columns` wide where that can be done.
    ///
    /// A line that is too long goes on behind a `\`, as in a shell. Blocks with a here-document start at the edge: its
    /// last line ends it only without blanks in front.
    static func laidOut(_ code: String, columns: Int) -> [String] {
        let lines = code.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard !code.contains("<<") else { return lines }
        return lines.filter { !$0.isEmpty }.flatMap { line in
            broken(line, columns: columns - indent.count).map { indent + $0 }
        }
    }

    private static func broken(_ line: String, columns: Int) -> [String] {
        var lines: [String] = []
        var rest = line[...]
        while DisplayWidth.of(rest) > columns, let place = place(in: rest, within: columns - 2) {
            lines.append(rest[..<place] + " \\")
            rest = "  " + rest[rest.index(after: place)...]
        }
        return lines + [String(rest)]
    }

    /// The last blank outside of quotes that is near enough; rather none that tears a flag from its value.
    private static func place(in line: Substring, within columns: Int) -> Substring.Index? {
        var best: Substring.Index?
        var fallback: Substring.Index?
        var quote: Character?
        var width = 0
        var word = ""
        for index in line.indices {
            let character = line[index]
            if character == "\\" || (character == "#" && word.isEmpty && quote == nil) { break }
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "'" || character == "\"" {
                quote = character
            } else if character == " " {
                if width > columns { break }
                if !word.isEmpty {
                    if word.hasPrefix("-") { fallback = index } else { best = index }
                }
                word = ""
                width += 1
                continue
            }
            word.append(character)
            width += DisplayWidth.of(String(character))
        }
        // A command's own name does not stand alone.
        let head = line.drop { $0 == " " }.firstIndex(of: " ")
        return [best, fallback].compactMap { $0 }.first { $0 != head }
    }
}
