/// The grammar of the POSIX shell (XCU 2.10), far enough to see where a command ends. It knows neither values nor
/// meaning.
struct ShellGrammar {
    enum Failure: Error {
        /// The text ends inside a command.
        case unfinished
        /// No text behind can make it right.
        case wrong
    }

    private struct HereDocument {
        let delimiter: [UInt8]
        let stripsTabs: Bool
    }

    private static let openers: Set<String> = ["if", "while", "until", "for", "case", "{"]
    private static let closers: Set<String> = ["then", "else", "elif", "fi", "do", "done", "esac", "}", "in"]
    /// Deeper nesting than anybody writes; a guard for the stack.
    private static let deepest = 100

    private let bytes: [UInt8]
    private var position = 0
    private var commandStart = 0
    private var awaited: [HereDocument] = []
    private var depth = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// What has not been read as complete commands.
    var rest: String { String(decoding: bytes[commandStart...], as: UTF8.self).trimmedOfBlankLines }

    /// Reads the next complete command: everything up to the newline that ends it.
    /// - Returns: its text, or nil at the end.
    mutating func completeCommand() throws(Failure) -> String? {
        commandStart = position
        try linebreak()
        guard position < bytes.count else { return nil }
        while true {
            try andOr()
            skipBlanks()
            if isNext(";") || isNext("&"), !isNext(";;") {
                position += 1
                skipBlanks()
                skipComment()
                if position < bytes.count, bytes[position] != newline { continue }
            }
            break
        }
        skipComment()
        if position < bytes.count {
            guard bytes[position] == newline else { throw .wrong }
            try passNewline()
        } else if !awaited.isEmpty {
            throw .unfinished
        }
        return String(decoding: bytes[commandStart..<position], as: UTF8.self).trimmedOfBlankLines
    }

    // MARK: Lists

    private mutating func andOr() throws(Failure) {
        try pipeline()
        while true {
            skipBlanks()
            guard isNext("&&") || isNext("||") else { return }
            position += 2
            try linebreak()
            try requireMore()
            try pipeline()
        }
    }

    private mutating func pipeline() throws(Failure) {
        skipBlanks()
        if nextWordIs("!") { position += 1 }
        try command()
        while true {
            skipBlanks()
            guard isNext("|"), !isNext("||") else { return }
            position += 1
            try linebreak()
            try requireMore()
            try command()
        }
    }

    /// Commands up to one of the reserved words (which is not consumed).
    private mutating func compoundList(until ends: Set<String>) throws(Failure) {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.deepest else { throw .wrong }
        try linebreak()
        while true {
            try requireMore()
            if isAtEnd(ends) { return }
            try andOr()
            skipBlanks()
            if isNext(";;") {
                guard ends.contains(";;") else { throw .wrong }
                return
            }
            if isNext(";") || isNext("&") {
                position += 1
            } else {
                skipComment()
                guard position < bytes.count else { throw .unfinished }
                guard bytes[position] == newline || isAtEnd(ends) else { throw .wrong }
            }
            try linebreak()
        }
    }

    private func isAtEnd(_ ends: Set<String>) -> Bool {
        ends.contains { end in
            end == ")" || end == ";;" ? isNext(end) : nextWordIs(end)
        }
    }

    // MARK: Commands

    private mutating func command() throws(Failure) {
        skipBlanks()
        try requireMore()
        if isNext("(") {
            position += 1
            try compoundList(until: [")"])
            position += 1
            return try redirections()
        }
        let word = plainWord
        if Self.closers.contains(word) { throw .wrong }
        guard Self.openers.contains(word) else { return try simpleCommand() }
        position += word.utf8.count
        switch word {
        case "{":
            try compoundList(until: ["}"])
            position += 1
        case "if": try ifClause()
        case "while", "until":
            try compoundList(until: ["do"])
            try doGroup()
        case "for": try forClause()
        default: try caseClause()
        }
        try redirections()
    }

    private mutating func ifClause() throws(Failure) {
        try compoundList(until: ["then"])
        position += 4
        while true {
            try compoundList(until: ["elif", "else", "fi"])
            if nextWordIs("fi") {
                position += 2
                return
            }
            let wasElse = nextWordIs("else")
            position += 4
            if wasElse {
                try compoundList(until: ["fi"])
                position += 2
                return
            }
            try compoundList(until: ["then"])
            position += 4
        }
    }

    private mutating func doGroup() throws(Failure) {
        position += 2
        try compoundList(until: ["done"])
        position += 4
    }

    private mutating func forClause() throws(Failure) {
        try word()
        try linebreak()
        try requireMore()
        if nextWordIs("in") {
            position += 2
            while true {
                skipBlanks()
                skipComment()
                try requireMore()
                if bytes[position] == newline || isNext(";") { break }
                try word()
            }
        }
        skipBlanks()
        if isNext(";") { position += 1 }
        try linebreak()
        try requireMore()
        guard nextWordIs("do") else { throw .wrong }
        try doGroup()
    }

    private mutating func caseClause() throws(Failure) {
        try word()
        try linebreak()
        try requireMore()
        guard nextWordIs("in") else { throw .wrong }
        position += 2
        while true {
            try linebreak()
            try requireMore()
            if nextWordIs("esac") {
                position += 4
                return
            }
            if isNext("(") { position += 1 }
            try word()
            skipBlanks()
            while isNext("|") {
                position += 1
                try word()
                skipBlanks()
            }
            try requireMore()
            guard isNext(")") else { throw .wrong }
            position += 1
            try compoundList(until: [";;", "esac"])
            if isNext(";;") { position += 2 }
        }
    }

    private mutating func simpleCommand() throws(Failure) {
        let start = position
        var wordCount = 0
        while true {
            skipBlanks()
            guard position < bytes.count else { break }
            if try redirection() { continue }
            if isOperator(bytes[position]) || bytes[position] == hash {
                // A function definition: name ( ) compound command
                if isNext("("), wordCount == 1 {
                    position += 1
                    skipBlanks()
                    try requireMore()
                    guard isNext(")") else { throw .wrong }
                    position += 1
                    try linebreak()
                    try requireMore()
                    return try command()
                }
                break
            }
            try word()
            wordCount += 1
        }
        if position == start { throw .wrong }
    }

    private mutating func redirections() throws(Failure) {
        while true {
            skipBlanks()
            guard position < bytes.count, try redirection() else { return }
        }
    }

    /// Reads a redirection, if one is next: an optional number, an operator, a word.
    private mutating func redirection() throws(Failure) -> Bool {
        var index = position
        while index < bytes.count, (0x30...0x39).contains(bytes[index]) { index += 1 }
        guard index < bytes.count, bytes[index] == UInt8(ascii: "<") || bytes[index] == UInt8(ascii: ">") else {
            return false
        }
        position = index
        if isNext("<<") {
            let stripsTabs = isNext("<<-")
            position += stripsTabs ? 3 : 2
            skipBlanks()
            try requireMore()
            let start = position
            try word()
            awaited.append(
                HereDocument(delimiter: Self.unquoted(Array(bytes[start..<position])), stripsTabs: stripsTabs))
            return true
        }
        position += [">>", ">&", "<&", "<>", ">|"].contains(where: { isNext($0) }) ? 2 : 1
        skipBlanks()
        try requireMore()
        try word()
        return true
    }
}

// MARK: Words

extension ShellGrammar {
    /// Reads a word with its quotes and substitutions.
    private mutating func word() throws(Failure) {
        skipBlanks()
        try requireMore()
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if isBlank(byte) || isOperator(byte) { break }
            try wordPart(isQuoted: false)
        }
        if position == start { throw .wrong }
    }

    /// Reads a character of a word, or what a quote or a dollar sign opens.
    private mutating func wordPart(isQuoted: Bool) throws(Failure) {
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\\"):
            try requireMore()
            position += 1
        case UInt8(ascii: "'") where !isQuoted:
            try pass(UInt8(ascii: "'"), escapes: false)
        case UInt8(ascii: "\""):
            if isQuoted { return }
            while true {
                try requireMore()
                if bytes[position] == UInt8(ascii: "\"") { break }
                try wordPart(isQuoted: true)
            }
            position += 1
        case UInt8(ascii: "`"): try pass(UInt8(ascii: "`"), escapes: true)
        case UInt8(ascii: "$"): try dollar(isQuoted: isQuoted)
        default: break
        }
    }

    private mutating func dollar(isQuoted: Bool) throws(Failure) {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.deepest else { throw .wrong }
        if isNext("((") {
            position += 2
            var open = 2
            while open > 0 {
                try requireMore()
                if isNext("(") { open += 1 }
                if isNext(")") { open -= 1 }
                position += 1
            }
        } else if isNext("(") {
            position += 1
            try compoundList(until: [")"])
            position += 1
        } else if isNext("{") {
            position += 1
            while true {
                try requireMore()
                if isNext("}") { break }
                if isQuoted, isNext("\"") {
                    position += 1
                    continue
                }
                try wordPart(isQuoted: isQuoted)
            }
            position += 1
        }
    }

    /// Goes behind the next `end`.
    private mutating func pass(_ end: UInt8, escapes: Bool) throws(Failure) {
        while true {
            try requireMore()
            let byte = bytes[position]
            position += 1
            if byte == end { return }
            if escapes, byte == UInt8(ascii: "\\") { position += 1 }
        }
    }

    /// The delimiter of a here-document as it is looked for: without its quotes.
    private static func unquoted(_ word: [UInt8]) -> [UInt8] {
        word.filter { $0 != UInt8(ascii: "'") && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    }
}

// MARK: Characters

extension ShellGrammar {
    private var newline: UInt8 { 0x0A }
    private var hash: UInt8 { UInt8(ascii: "#") }

    private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private func isOperator(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x0A, UInt8(ascii: "|"), UInt8(ascii: "&"), UInt8(ascii: ";"), UInt8(ascii: "<"), UInt8(ascii: ">"),
            UInt8(ascii: "("), UInt8(ascii: ")"):
            true
        default: false
        }
    }

    private func requireMore() throws(Failure) {
        if position >= bytes.count { throw .unfinished }
    }

    private func isNext(_ text: String) -> Bool { bytes[min(position, bytes.count)...].starts(with: text.utf8) }

    /// The word that is next, as far as it has no quotes: for reserved words.
    private var plainWord: String {
        let end = bytes[position...].firstIndex { isBlank($0) || isOperator($0) } ?? bytes.count
        return String(decoding: bytes[position..<end], as: UTF8.self)
    }

    private func nextWordIs(_ word: String) -> Bool { isNext(word) && plainWord == word }

    private mutating func skipBlanks() {
        while position < bytes.count {
            if isBlank(bytes[position]) {
                position += 1
            } else if isNext("\\\n"), position + 2 < bytes.count {
                position += 2
            } else {
                return
            }
        }
    }

    private mutating func skipComment() {
        guard position < bytes.count, bytes[position] == hash else { return }
        position = bytes[position...].firstIndex(of: newline) ?? bytes.count
    }

    private mutating func linebreak() throws(Failure) {
        while true {
            skipBlanks()
            skipComment()
            guard position < bytes.count, bytes[position] == newline else { return }
            try passNewline()
        }
    }

    /// Goes behind the newline, and behind the here-documents that begin there.
    private mutating func passNewline() throws(Failure) {
        position += 1
        while let document = awaited.first {
            let end = bytes[position...].firstIndex(of: newline) ?? bytes.count
            var line = bytes[position..<end]
            if document.stripsTabs { line = line.drop { $0 == 0x09 } }
            let isDelimiter = line.elementsEqual(document.delimiter)
            guard isDelimiter || end < bytes.count else { throw .unfinished }
            position = min(end + 1, bytes.count)
            if isDelimiter { awaited.removeFirst() }
        }
    }
}

extension String {
    /// Without empty lines before and behind.
    fileprivate var trimmedOfBlankLines: String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text = text.dropFirst() }
        while let last = text.last, last.isNewline { text = text.dropLast() }
        return String(text)
    }
}
