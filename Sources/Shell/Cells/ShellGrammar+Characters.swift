/// Blanks, operators, comments and newlines (XCU 2.3).
extension ShellGrammar {
    var newline: UInt8 { 0x0A }
    var hash: UInt8 { UInt8(ascii: "#") }

    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    func isOperator(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x0A, UInt8(ascii: "|"), UInt8(ascii: "&"), UInt8(ascii: ";"), UInt8(ascii: "<"), UInt8(ascii: ">"),
            UInt8(ascii: "("), UInt8(ascii: ")"):
            true
        default: false
        }
    }

    func requireMore() throws(Failure) {
        if position >= bytes.count { throw .unfinished }
    }

    func isNext(_ text: String) -> Bool { bytes[min(position, bytes.count)...].starts(with: text.utf8) }

    /// The word that is next, as far as it has no quotes: for reserved words.
    var plainWord: String {
        let end = bytes[position...].firstIndex { isBlank($0) || isOperator($0) } ?? bytes.count
        return String(decoding: bytes[position..<end], as: UTF8.self)
    }

    func nextWordIs(_ word: String) -> Bool { isNext(word) && plainWord == word }

    mutating func skipBlanks() {
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

    mutating func skipComment() {
        guard position < bytes.count, bytes[position] == hash else { return }
        position = bytes[position...].firstIndex(of: newline) ?? bytes.count
    }

    mutating func linebreak() throws(Failure) {
        while true {
            skipBlanks()
            skipComment()
            guard position < bytes.count, bytes[position] == newline else { return }
            try passNewline()
        }
    }

    /// Goes behind the newline, and behind the here-documents that begin there.
    mutating func passNewline() throws(Failure) {
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
