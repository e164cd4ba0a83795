/// An IPv4 address in host byte order.
struct IPv4Address: Hashable, Sendable, CustomStringConvertible {
    var bits: UInt32

    init(bits: UInt32) {
        self.bits = bits
    }

    /// Dotted decimal, four parts without leading zeros.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bits: UInt32 = 0
        for part in parts {
            guard let byte = UInt8(part), String(byte) == part else { return nil }
            bits = bits << 8 | UInt32(byte)
        }
        self.bits = bits
    }

    var description: String {
        [24, 16, 8, 0].map { String(bits >> UInt32($0) & 0xFF) }.joined(separator: ".")
    }
}
