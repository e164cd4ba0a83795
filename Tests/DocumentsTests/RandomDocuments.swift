import Documents

/// A generator that always gives the same numbers for a seed (SplitMix64), so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension JSONValue {
    /// Some document, with the texts that trouble YAML among its leaves.
    static func random(depth: Int, using generator: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &generator) {
        case 0: return .null
        case 1: return .bool(.random(using: &generator))
        case 2: return .integer(.random(in: -1000...1_000_000_000_000, using: &generator))
        case 3, 4, 5: return .string(randomText(using: &generator))
        case 6:
            let count = Int.random(in: 0..<4, using: &generator)
            return .array((0..<count).map { _ in random(depth: depth - 1, using: &generator) })
        default:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0..<5, using: &generator) {
                object[randomText(using: &generator)] = random(depth: depth - 1, using: &generator)
            }
            return .object(object)
        }
    }

    private static let troublesome = [
        "", " ", "a", "web", "yes", "No", "0", "1.5", "1e3", "0x1f", "~", "null", "- ", "-", "? a", ": ", "a: b", "#",
        " #", "\n", "\t",
        "\"", "'", "\\", "{", "}", "[", "]", ",", "&a", "*a", "!t", "|", ">", "%", "@", "`", "---", "...", "<<", "=",
        "한글", "é", "🚀",
        "\u{0}", "\u{7F}", "\u{85}", "\u{A0}", "\u{2028}", "\r", "\u{1B}", "name", "2024-01-31", "22:30",
        "~0", "~1", "/",
    ]

    static func randomText(using generator: inout SeededGenerator) -> String {
        (0..<Int.random(in: 0..<4, using: &generator)).map { _ in
            troublesome.randomElement(using: &generator) ?? ""
        }.joined()
    }
}

extension String {
    /// The text with some characters dropped, doubled, moved or replaced.
    func mutated(using generator: inout SeededGenerator) -> String {
        var characters = Array(unicodeScalars)
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !characters.isEmpty {
            let index = Int.random(in: 0..<characters.count, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: characters.remove(at: index)
            case 1: characters.insert(characters[index], at: index)
            case 2: characters.swapAt(index, Int.random(in: 0..<characters.count, using: &generator))
            case 3: characters = Array(characters[..<index])
            default: characters[index] = Unicode.Scalar(UInt8.random(in: 0..<128, using: &generator))
            }
        }
        var text = ""
        text.unicodeScalars.append(contentsOf: characters)
        return text
    }
}
