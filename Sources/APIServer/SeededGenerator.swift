/// A random generator whose sequence follows from its seed (SplitMix64), so that a lesson's names, uids and addresses
/// come out the same each time.
struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// A sequence of its own for each subject, so that what one object gets does not depend on who was served before it:
    /// controllers work side by side, and their order is nobody's to repeat.
    init(seed: UInt64, for subject: String) {
        // FNV-1a; `Hasher` would give something else in every process.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in subject.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        state = seed ^ hash
        // Neighbouring seeds and subjects must not give neighbouring sequences.
        state = next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
