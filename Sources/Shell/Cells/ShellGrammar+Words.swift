/// Words, with their quotes and substitutions (XCU 2.2, 2.6).
extension ShellGrammar {
    /// Reads a word with its quotes and substitutions.
    mutating func word() throws(Failure) {
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
    static func unquoted(_ word: [UInt8]) -> [UInt8] {
        word.filter { $0 != UInt8(ascii: "'") && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    }
}
