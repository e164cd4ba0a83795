public import Documents

/// An amount of a resource: `100m`, `0.5`, `128Mi`, `2e3` (apimachinery `resource.Quantity`).
///
/// Kept exactly, in units of 10⁻⁹; what is finer is rounded up, as Kubernetes does.
public struct Quantity: Sendable, Hashable, Comparable {
    /// How it was written, and is written again.
    public enum Format: Sendable, Hashable { case decimal, binary, exponent }

    /// In units of 10⁻⁹.
    public var nanoValue: Int128
    public var format: Format

    public init(nanoValue: Int128, format: Format = .decimal) {
        self.nanoValue = nanoValue
        self.format = format
    }

    public init(_ value: Int64, format: Format = .decimal) {
        self.init(nanoValue: Int128(value) * Self.unit, format: format)
    }

    public init(milliValue: Int64, format: Format = .decimal) {
        self.init(nanoValue: Int128(milliValue) * 1_000_000, format: format)
    }

    public static let zero = Quantity(0)
    private static let unit: Int128 = 1_000_000_000
    /// Kubernetes caps quantities at 2⁶³ − 1.
    private static let limit = Int128(Int64.max) * unit

    public var isZero: Bool { nanoValue == 0 }
    /// In whole units, rounded up.
    public var value: Int64 { Self.ceiling(nanoValue, Self.unit) }
    /// In thousandths, rounded up.
    public var milliValue: Int64 { Self.ceiling(nanoValue, 1_000_000) }

    private static func ceiling(_ amount: Int128, _ unit: Int128) -> Int64 {
        let (quotient, remainder) = amount.quotientAndRemainder(dividingBy: unit)
        return Int64(clamping: remainder > 0 ? quotient + 1 : quotient)
    }

    public static func < (left: Quantity, right: Quantity) -> Bool { left.nanoValue < right.nanoValue }
    public static func == (left: Quantity, right: Quantity) -> Bool { left.nanoValue == right.nanoValue }
    public func hash(into hasher: inout Hasher) { hasher.combine(nanoValue) }

    /// Keeps the left side's format.
    public static func + (left: Quantity, right: Quantity) -> Quantity {
        Quantity(nanoValue: left.nanoValue + right.nanoValue, format: left.isZero ? right.format : left.format)
    }

    public static func - (left: Quantity, right: Quantity) -> Quantity {
        Quantity(nanoValue: left.nanoValue - right.nanoValue, format: left.isZero ? right.format : left.format)
    }

    public static func += (left: inout Quantity, right: Quantity) { left = left + right }
    public static func -= (left: inout Quantity, right: Quantity) { left = left - right }
}

// MARK: - Reading

extension Quantity {
    /// A string or a bare number of a document; nil for anything that is not a quantity.
    public init?(document: JSONValue) {
        switch document {
        case .string(let text): self.init(text)
        case .number(let number): self.init(number.text)
        default: return nil
        }
    }

    /// `<sign><digits>[.<digits>][<suffix>]`, the suffix being `n u m k M G T P E`, `Ki Mi Gi Ti Pi Ei` or `e<exponent>`.
    public init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        var isNegative = false
        if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
            isNegative = sign == UInt8(ascii: "-")
            rest.removeFirst()
        }
        let whole = rest.prefix(while: Self.isDigit)
        rest.removeFirst(whole.count)
        var fraction: ArraySlice<UInt8> = []
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            fraction = rest.prefix(while: Self.isDigit)
            rest.removeFirst(fraction.count)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        guard let scale = Self.scale(of: String(decoding: rest, as: UTF8.self)) else { return nil }
        let magnitude = Self.amount(whole: whole, fraction: fraction, scale: scale)
        self.init(nanoValue: isNegative ? -magnitude : magnitude, format: scale.format)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// The factor is `multiplier` · 10^`exponent`.
    private struct Scale {
        var multiplier: Int128 = 1
        var exponent = 0
        var format = Format.decimal
    }

    private static func scale(of suffix: String) -> Scale? {
        let decimals = ["n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18]
        if let exponent = decimals[suffix] { return Scale(exponent: exponent) }
        if let shift = ["Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60][suffix] {
            return Scale(multiplier: Int128(1) << Int128(shift), format: .binary)
        }
        guard let first = suffix.first, first == "e" || first == "E", let exponent = Int(suffix.dropFirst()),
            (-1000...1000).contains(exponent)
        else { return nil }
        return Scale(exponent: exponent, format: .exponent)
    }

    private static func amount(whole: ArraySlice<UInt8>, fraction: ArraySlice<UInt8>, scale: Scale) -> Int128 {
        // Every digit is weighed by itself, from the left; what lies beyond the limit or below 10⁻⁹ is capped or
        // rounded up.
        var sum: Int128 = 0
        var isInexact = false
        var power = whole.count - 1 + scale.exponent + 9
        for byte in [whole, fraction].joined() {
            defer { power -= 1 }
            let digit = Int128(byte - 0x30)
            guard digit > 0 else { continue }
            if power > 28 { return limit }
            // A binary suffix makes digits below 10⁻⁹ count: 0.5Ki is 512.
            var weight = digit * scale.multiplier
            if power >= 0 {
                for _ in 0..<power {
                    weight *= 10
                    if weight > limit { return limit }
                }
            } else {
                for _ in 0..<min(-power, 60) where weight > 0 {
                    isInexact = isInexact || weight % 10 != 0
                    weight /= 10
                }
                if -power > 60 { isInexact = true }
            }
            sum += weight
            if sum > limit { return limit }
        }
        return isInexact ? sum + 1 : sum
    }
}

// MARK: - Writing

extension Quantity: CustomStringConvertible {
    /// The canonical form: the largest suffix with which no digit is lost (`1000m` is `1`, `1024Mi` is `1Gi`).
    public var description: String {
        if isZero { return "0" }
        if format == .binary, nanoValue % Self.unit == 0, abs(nanoValue) >= 1024 * Self.unit {
            var amount = nanoValue / Self.unit
            var index = 0
            while index < 6, amount % 1024 == 0 {
                amount /= 1024
                index += 1
            }
            return "\(amount)" + ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"][index]
        }
        var amount = nanoValue
        var thousands = -3
        while thousands < 6, amount % 1000 == 0 {
            amount /= 1000
            thousands += 1
        }
        if format == .exponent { return "\(amount)" + (thousands == 0 ? "" : "e\(thousands * 3)") }
        return "\(amount)" + ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"][thousands + 3]
    }
}
