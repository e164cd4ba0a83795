/// Base 64 with padding (RFC 4648 §4), as Secrets, ConfigMaps' `binaryData` and registries write bytes.
public enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var output: [UInt8] = []
        var accumulator: UInt32 = 0
        var count = 0
        for byte in bytes {
            accumulator = accumulator << 8 | UInt32(byte)
            count += 1
            guard count == 3 else { continue }
            for shift in [18, 12, 6, 0] { output.append(alphabet[Int(accumulator >> UInt32(shift) & 63)]) }
            accumulator = 0
            count = 0
        }
        if count > 0 {
            accumulator <<= UInt32(8 * (3 - count))
            for (index, shift) in [18, 12, 6, 0].enumerated() {
                output.append(index <= count ? alphabet[Int(accumulator >> UInt32(shift) & 63)] : UInt8(ascii: "="))
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// The bytes of `text`; line breaks and spaces are skipped. Nil where it is malformed.
    public static func decode(_ text: String) -> [UInt8]? {
        var output: [UInt8] = []
        var accumulator: UInt32 = 0
        var bits: UInt32 = 0
        var characters = 0
        var padding = 0
        for byte in text.utf8 {
            let sextet: UInt32
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): sextet = UInt32(byte - UInt8(ascii: "A"))
            case UInt8(ascii: "a")...UInt8(ascii: "z"): sextet = UInt32(byte - UInt8(ascii: "a")) + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): sextet = UInt32(byte - UInt8(ascii: "0")) + 52
            case UInt8(ascii: "+"): sextet = 62
            case UInt8(ascii: "/"): sextet = 63
            case UInt8(ascii: "="):
                padding += 1
                characters += 1
                continue
            case 0x0A, 0x0D, 0x20, 0x09: continue
            default: return nil
            }
            if padding > 0 { return nil }
            characters += 1
            accumulator = (accumulator << 6 | sextet) & 0xFFFFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                output.append(UInt8(accumulator >> bits & 0xFF))
            }
        }
        return characters % 4 == 0 && padding <= 2 ? output : nil
    }
}
