/// The grammar of the POSIX shell (XCU 2.10), far enough to see where a command ends. It knows neither values nor
/// meaning.
struct ShellGrammar {
    enum Failure: Error {
        /// The text ends inside a command.
        case unfinished
        /// No text behind can make it right.
        case wrong
    }

    struct HereDocument {
        let delimiter: [UInt8]
        let stripsTabs: Bool
    }

    private static let openers: Set<String> = ["if", "while", "until", "for", "case", "{"]
    private static let closers: Set<String> = ["then", "else", "elif", "fi", "do", "done", "esac", "}", "in"]
    /// Deeper nesting than anybody writes; a guard for the stack.
    static let deepest = 100

    let bytes: [UInt8]
    var position = 0
    var depth = 0
    var awaited: [HereDocument] = []
    private var commandStart = 0

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
    mutating func compoundList(until ends: Set<String>) throws(Failure) {
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

extension String {
    /// Without empty lines before and behind.
    fileprivate var trimmedOfBlankLines: String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text = text.dropFirst() }
        while let last = text.last, last.isNewline { text = text.dropLast() }
        return String(text)
    }
}
