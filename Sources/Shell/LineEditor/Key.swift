/// Keys as the editor sees them: Unicode scalars, and for keys that send a sequence a code of the C1 range
/// (U+0080–U+009F), which nobody types and libedit can bind.
enum Key {
    static let interrupt: UInt32 = 0x03
    static let endOfInput: UInt32 = 0x04
    static let cancelSearch: UInt32 = 0x07
    static let backspace: UInt32 = 0x08
    static let tab: UInt32 = 0x09
    static let lineFeed: UInt32 = 0x0A
    static let carriageReturn: UInt32 = 0x0D
    static let nextEntry: UInt32 = 0x0E
    static let previousEntry: UInt32 = 0x10
    static let search: UInt32 = 0x12
    static let suspend: UInt32 = 0x1A
    static let escapeByte: UInt32 = 0x1B
    static let quit: UInt32 = 0x1C
    static let delete: UInt32 = 0x7F

    static let up: UInt32 = 0x80
    static let down: UInt32 = 0x81
    static let left: UInt32 = 0x82
    static let right: UInt32 = 0x83
    static let home: UInt32 = 0x84
    static let end: UInt32 = 0x85
    static let deleteForward: UInt32 = 0x86
    static let wordLeft: UInt32 = 0x87
    static let wordRight: UInt32 = 0x88
    static let paste: UInt32 = 0x89
    static let backTab: UInt32 = 0x8A
    static let escape: UInt32 = 0x9E
    /// A key that means nothing here.
    static let unknown: UInt32 = 0x9F

    /// The key of a control sequence (ECMA-48 CSI, as xterm and the Linux console send them).
    /// - Parameters:
    ///   - parameters: what stands between `ESC [` and the final byte, e.g. `1;5`.
    static func ofControlSequence(_ parameters: String, final: UInt8) -> UInt32 {
        let numbers = parameters.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        let hasModifier = numbers.count > 1 && numbers[1] > 1
        switch (final, numbers.first ?? 0) {
        case (UInt8(ascii: "A"), _): return up
        case (UInt8(ascii: "B"), _): return down
        case (UInt8(ascii: "C"), _): return hasModifier ? wordRight : right
        case (UInt8(ascii: "D"), _): return hasModifier ? wordLeft : left
        case (UInt8(ascii: "H"), _), (UInt8(ascii: "~"), 1), (UInt8(ascii: "~"), 7): return home
        case (UInt8(ascii: "F"), _), (UInt8(ascii: "~"), 4), (UInt8(ascii: "~"), 8): return end
        case (UInt8(ascii: "~"), 3): return deleteForward
        case (UInt8(ascii: "~"), 200): return paste
        case (UInt8(ascii: "Z"), _): return backTab
        default: return unknown
        }
    }
}
