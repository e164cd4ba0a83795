/// How a cell on a terminal ended.
struct CellEnd: Equatable {
    /// Nil: the cell has ended, and the shell waits for the token behind the last key that was passed on to it.
    var status: Int32?
    /// Keys that were typed meanwhile and that nobody read.
    var unread: [UInt8] = []
    /// The shell's working directory.
    var workingDirectory: String?
}

/// Finds the mark that ends a cell (`ESC ] 133 ; D ; TOKEN ; STATUS ; HEX ; DIRECTORY BEL`, after the shell integration
/// marks of FinalTerm) in what comes from a terminal, and takes it out.
struct CellEndFilter {
    private let opening: [UInt8]
    private var held: [UInt8] = []

    /// - Parameter token: known to kijabi and the shell only, so that no output ends a cell by chance.
    init(token: String) {
        opening = Array("\u{1B}]133;D;\(token);".utf8)
    }

    /// The mark for a cell that kijabi itself ran.
    static func mark(token: String, status: Int32) -> [UInt8] {
        Array("\u{1B}]133;D;\(token);\(status);;\u{07}".utf8)
    }

    /// - Returns: what is to be shown, and the end if the mark has come.
    mutating func pass(_ bytes: some Sequence<UInt8>) -> (shown: [UInt8], end: CellEnd?) {
        var shown: [UInt8] = []
        var end: CellEnd?
        for byte in bytes {
            held.append(byte)
            while !held.isEmpty, !isPossibleMark { shown.append(held.removeFirst()) }
            if held.count > opening.count, byte == 0x07 {
                end = parse(held[opening.count...].dropLast())
                held = []
            }
        }
        return (shown, end)
    }

    private var isPossibleMark: Bool {
        let count = min(held.count, opening.count)
        return held[..<count] == opening[..<count] && held.count < opening.count + 81_920
    }

    private func parse(_ fields: ArraySlice<UInt8>) -> CellEnd {
        let parts = fields.split(separator: UInt8(ascii: ";"), maxSplits: 2, omittingEmptySubsequences: false)
        let texts = parts.map { String(decoding: $0, as: UTF8.self) }
        var end = CellEnd(status: Int32(texts[0]))
        if texts.count > 1 {
            var digits = texts[1][...]
            while digits.count >= 2 {
                UInt8(digits.prefix(2), radix: 16).map { end.unread.append($0) }
                digits = digits.dropFirst(2)
            }
        }
        if texts.count > 2, !texts[2].isEmpty { end.workingDirectory = texts[2] }
        return end
    }
}
