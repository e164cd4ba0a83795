import Synchronization

/// Makes names and uids out of the seed: the same for the same object, however requests interleave.
final class Naming: Sendable {
    /// Without vowels and look-alikes, so that no words and no doubts come out (`apimachinery/pkg/util/rand`).
    private static let alphabet = Array("bcdfghjklmnpqrstvwxz2456789".utf8)
    private static let maximumPrefix = 63 - 5
    private let seed: UInt64
    /// How often a subject has been served: its next name or uid must be another.
    private let counts = Mutex<[String: Int]>([:])

    init(seed: UInt64) {
        self.seed = seed
    }

    /// The prefix of `generateName`, cut so that the name stays a DNS label, and five characters.
    func name(after prefix: String, in namespace: String) -> String {
        var generator = generator(for: "name \(namespace)/\(prefix)")
        let suffix = (0..<5).map { _ in Self.alphabet[Int.random(in: Self.alphabet.indices, using: &generator)] }
        return prefix.prefix(Self.maximumPrefix) + String(decoding: suffix, as: UTF8.self)
    }

    /// A random UUID (RFC 9562, version 4) for an object under a key of the store.
    func uid(for key: String) -> String {
        var generator = generator(for: "uid \(key)")
        let words = [generator.next(), generator.next()]
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

    private func generator(for subject: String) -> SeededGenerator {
        let count = counts.withLock { counts in
            counts[subject, default: 0] += 1
            return counts[subject, default: 0]
        }
        return SeededGenerator(seed: seed, for: "\(subject) \(count)")
    }
}
