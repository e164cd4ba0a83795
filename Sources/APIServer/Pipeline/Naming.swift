import Synchronization

/// Makes names and uids out of the seed.
final class Naming: Sendable {
    /// Without vowels and look-alikes, so that no words and no doubts come out (`apimachinery/pkg/util/rand`).
    private static let alphabet = Array("bcdfghjklmnpqrstvwxz2456789".utf8)
    private static let maximumPrefix = 63 - 5
    private let generator: Mutex<SeededGenerator>

    init(seed: UInt64) {
        generator = Mutex(SeededGenerator(seed: seed))
    }

    /// The prefix of `generateName`, cut so that the name stays a DNS label, and five characters.
    func name(after prefix: String) -> String {
        let suffix = generator.withLock { generator in
            (0..<5).map { _ in Self.alphabet[Int.random(in: Self.alphabet.indices, using: &generator)] }
        }
        return prefix.prefix(Self.maximumPrefix) + String(decoding: suffix, as: UTF8.self)
    }

    /// A random UUID (RFC 9562, version 4).
    func uid() -> String {
        let words = generator.withLock { [$0.next(), $0.next()] }
        var bytes = words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 0xF)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
