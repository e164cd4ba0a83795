/// Lines that follow an instruction, up to a word of their own: `RUN <<EOF`.
public struct HereDocument: Sendable, Hashable {
    /// The word that ends it, also the name of the file that COPY makes of it.
    public var name: String
    /// Variables in it are expanded: the word was not quoted.
    public var expands: Bool
    /// Leading tabs are taken away (`<<-`).
    public var stripsTabs: Bool
    /// The file descriptor it stands for, as a shell counts; empty for standard input.
    public var descriptor: String
    /// With a newline behind each line.
    public var content: String

    /// The here-document that `word` announces: digits, `<<`, perhaps `-`, and a name, perhaps in quotes.
    init?(announcedBy word: String) {
        guard let arrow = word.range(ofArrow: "<<") else { return nil }
        descriptor = String(word[..<arrow.lowerBound])
        guard descriptor.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        var rest = word[arrow.upperBound...]
        stripsTabs = rest.first == "-"
        if stripsTabs { rest = rest.dropFirst() }
        guard !rest.isEmpty, !rest.contains("<") else { return nil }
        let isQuoted = rest.contains { $0 == "\"" || $0 == "'" || $0 == "\\" }
        let name = rest.filter { $0 != "\"" && $0 != "'" && $0 != "\\" }
        guard !name.isEmpty, name.allSatisfy({ !$0.isWhitespace && !"$(){};|&".contains($0) }) else { return nil }
        self.name = String(name)
        expands = !isQuoted
        content = ""
    }

    /// `line` is the one that ends it.
    func isEnded(by line: String) -> Bool {
        (stripsTabs ? line.drop { $0 == "\t" } : line[...]) == name
    }

    mutating func append(_ line: String) {
        content += (stripsTabs ? line.drop { $0 == "\t" } : line[...]) + "\n"
    }
}

extension String {
    /// The first place of two equal characters in a row.
    fileprivate func range(ofArrow arrow: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(arrow) { return start..<index(start, offsetBy: arrow.count) }
            formIndex(after: &start)
        }
        return nil
    }
}

extension HereDocument {
    /// `line` is nothing but a here-document: `RUN <<EOF`.
    public static func isAnnouncement(_ line: String) -> Bool {
        HereDocument(announcedBy: String(line.trimmed)) != nil && !line.trimmed.contains(where: \.isWhitespace)
    }
}
