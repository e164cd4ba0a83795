/// One instruction as written: continued lines joined, comments taken out, its here-documents behind it.
struct LogicalLine: Sendable, Hashable {
    var text: String
    /// In the file, counted from 1, the here-documents' included.
    var lines: ClosedRange<Int>
    var hereDocuments: [HereDocument] = []
}

/// Joins the lines of a Dockerfile to instructions.
struct LogicalLines {
    private let source: [String]
    private let escape: Character
    private var next = 0
    private(set) var warnings: [DockerfileWarning] = []

    init(_ source: [String], escape: Character) {
        self.source = source
        self.escape = escape
    }

    static func all(
        _ source: [String], escape: Character
    ) throws(DockerfileError) -> (lines: [LogicalLine], warnings: [DockerfileWarning]) {
        var reader = LogicalLines(source, escape: escape)
        var lines: [LogicalLine] = []
        while let line = try reader.read() { lines.append(line) }
        return (lines, reader.warnings)
    }

    private mutating func read() throws(DockerfileError) -> LogicalLine? {
        while next < source.count, Self.isBlank(source[next]) || Self.isComment(source[next]) { next += 1 }
        guard next < source.count else { return nil }
        let first = next
        var (text, continues) = Self.withoutContinuation(
            String(source[first].drop { $0.isWhitespace }), escape)
        next += 1
        var last = first
        var hasEmpty = false
        while continues, next < source.count {
            let line = source[next]
            next += 1
            if Self.isComment(line) { continue }
            if Self.isBlank(line) {
                hasEmpty = true
                continue
            }
            let part: String
            (part, continues) = Self.withoutContinuation(line, escape)
            text += part
            last = next - 1
        }
        if hasEmpty { warnings.append(DockerfileWarning(kind: .emptyContinuation, lines: (first + 1)...(last + 1))) }
        var line = LogicalLine(text: text, lines: (first + 1)...(last + 1))
        try readHereDocuments(of: &line)
        return line
    }

    private mutating func readHereDocuments(of line: inout LogicalLine) throws(DockerfileError) {
        let words = InstructionWords.split(line.text, escape: escape)
        var keyword = words.first.flatMap { Keyword($0) }
        if keyword == .onbuild, words.count > 1 { keyword = Keyword(words[1]) }
        guard keyword?.takesHereDocuments == true else { return }
        for var document in words.compactMap({ HereDocument(announcedBy: $0) }) {
            while true {
                guard next < source.count else {
                    throw DockerfileError(.unterminatedHereDocument(document.name), lines: line.lines)
                }
                let content = source[next]
                next += 1
                if document.isEnded(by: content) { break }
                document.append(content)
            }
            line.hereDocuments.append(document)
            line.lines = line.lines.lowerBound...next
        }
    }

    private static func isBlank(_ line: String) -> Bool { line.allSatisfy(\.isWhitespace) }

    private static func isComment(_ line: String) -> Bool { line.first { !$0.isWhitespace } == "#" }

    /// An escape at the end, itself not escaped, continues the line; blanks may follow it.
    private static func withoutContinuation(_ line: String, _ escape: Character) -> (text: String, continues: Bool) {
        var end = line.endIndex
        while end > line.startIndex, line[line.index(before: end)] == " " || line[line.index(before: end)] == "\t" {
            end = line.index(before: end)
        }
        guard end > line.startIndex else { return (line, false) }
        let mark = line.index(before: end)
        guard line[mark] == escape else { return (line, false) }
        if mark > line.startIndex, line[line.index(before: mark)] == escape { return (line, false) }
        return (String(line[..<mark]), true)
    }
}
