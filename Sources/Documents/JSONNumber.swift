/// A JSON number that keeps the digits it was written with (RFC 8259 §6).
///
/// Integers that fit `Int64` are stored as such; anything else keeps its literal text, so that a value such as
/// `0.10` or `12345678901234567890` survives a round trip unchanged.
public struct JSONNumber: Sendable, Hashable {
    enum Storage: Sendable, Hashable {
        case integer(Int64)
        case literal(String)
    }

    let storage: Storage

    public init(_ value: Int64) {
        storage = .integer(value)
    }

    /// The shortest decimal that reads back as `value`. `value` must be finite.
    public init(_ value: Double) {
        if value == value.rounded(), abs(value) < 9.0e15 {
            storage = .integer(Int64(value))
        } else {
            storage = .literal("\(value)")
        }
    }

    /// A number from its JSON text, which the caller has checked against the grammar.
    init(literal: String) {
        storage = .literal(literal)
    }

    /// The value as an integer, if it is one and fits 64 bits.
    public var int64: Int64? {
        switch storage {
        case .integer(let value): value
        case .literal(let text): Int64(text)
        }
    }

    /// The nearest binary floating point value.
    public var double: Double {
        switch storage {
        case .integer(let value): Double(value)
        case .literal(let text): Double(text) ?? .nan
        }
    }

    /// The text as it stands in a JSON document.
    public var text: String {
        switch storage {
        case .integer(let value): String(value)
        case .literal(let text): text
        }
    }
}
