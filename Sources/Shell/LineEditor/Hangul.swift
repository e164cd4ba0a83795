/// Hangul syllables and the letters they are made of (Unicode Standard, 3.12).
enum Hangul {
    private static let initials: ClosedRange<UInt32> = 0x1100...0x1112
    private static let vowels: ClosedRange<UInt32> = 0x1161...0x1175
    private static let finals: ClosedRange<UInt32> = 0x11A8...0x11C2
    private static let syllables: ClosedRange<UInt32> = 0xAC00...0xD7A3

    /// A conjoining initial: further letters belong to it. Whole syllables, as input methods send them, are complete.
    static func canBegin(_ scalar: UInt32) -> Bool { initials.contains(scalar) }

    /// The syllable of an initial and a vowel, or of a syllable without a final and a final.
    static func composed(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if initials.contains(first), vowels.contains(second) {
            return 0xAC00 + ((first - 0x1100) * 21 + (second - 0x1161)) * 28
        }
        if syllables.contains(first), (first - 0xAC00) % 28 == 0, finals.contains(second) {
            return first + (second - 0x11A7)
        }
        return nil
    }
}
