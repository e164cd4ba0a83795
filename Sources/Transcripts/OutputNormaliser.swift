import Terminal

/// Makes the output of two runs comparable without hiding differences that matter.
///
/// Moments and ages become a typed blank. Names that chance makes (ids, addresses, suffixes, process numbers) are
/// renamed one-to-one in the order in which they first appear in the session: if a Pod keeps its name in one run and is
/// replaced in the other, the renamed texts differ.
public struct OutputNormaliser: Sendable {
    private var names: [String: [Substring: Int]] = [:]
    /// Bytes that were blanked or renamed, and all bytes seen.
    public private(set) var maskedBytes = 0
    public private(set) var totalBytes = 0

    public init() {}

    /// The comparable form of `text`; escape sequences go, and runs of spaces become one, since columns follow the width
    /// of names.
    public mutating func normalised(_ text: String) -> String {
        let plain = EscapeSequences.removed(from: text)
        totalBytes += plain.utf8.count
        var lines: [String] = []
        for line in plain.split(whereSeparator: \.isNewline) {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            let kept = words.enumerated().map { index, word in
                replacement(of: word, after: index > 0 ? words[index - 1] : "")
            }
            if !kept.isEmpty { lines.append(withoutAgePhrases(kept.joined(separator: " "))) }
        }
        return lines.joined(separator: "\n")
    }

    private mutating func replacement(of word: Substring, after previous: Substring) -> String {
        var result = ""
        var rest = word
        // A word such as `pod/web-5d4b9-x2x7z,` is classified piece by piece.
        while let first = rest.first {
            if first.isLetter || first.isNumber {
                let piece = rest.prefix { $0.isLetter || $0.isNumber || ".-_:".contains($0) }
                let trimmed = piece.trailingPunctuationRemoved
                result +=
                    replaced(trimmed, isAlone: trimmed == word || word.dropFirst() == trimmed)
                    + piece[trimmed.endIndex...]
                rest = rest[piece.endIndex...]
            } else {
                result.append(first)
                rest = rest.dropFirst()
            }
        }
        return result
    }

    private mutating func replaced(_ piece: Substring, isAlone: Bool) -> String {
        switch WordClass.of(piece) {
        case .moment:
            maskedBytes += piece.utf8.count
            return "<time>"
        case .age where isAlone:
            maskedBytes += piece.utf8.count
            return "<age>"
        case .chance(let kind):
            maskedBytes += piece.utf8.count
            return "<\(kind)\(number(of: piece, kind))>"
        case .suffixed(let stem):
            maskedBytes += piece.utf8.count - stem.utf8.count
            return "\(stem)-<pod\(number(of: piece, "pod"))>"
        case .age, .plain: return String(piece)
        }
    }

    private mutating func number(of piece: Substring, _ kind: String) -> Int {
        // Docker shows the first twelve digits of an id of 64: both are one name.
        let key = kind == "id" ? piece.split(separator: ":").last?.prefix(12) ?? piece : piece
        if let known = names[kind]?[key] { return known }
        let next = (names[kind]?.count ?? 0) + 1
        names[kind, default: [:]][key] = next
        return next
    }

    /// `Up 3 seconds`, `About a minute ago`, `Less than a second ago`.
    private mutating func withoutAgePhrases(_ line: String) -> String {
        var words = line.split(separator: " ").map(String.init)
        let units = ["second", "seconds", "minute", "minutes", "hour", "hours"]
        var index = 0
        while index < words.count {
            let unit = words[index].filter { $0.isLetter }
            if units.contains(unit), index > 0 {
                var start = index
                while start > 0,
                    ["Less", "than", "a", "an", "About"].contains(words[start - 1])
                        || Int(words[start - 1]) != nil
                { start -= 1 }
                if start < index {
                    maskedBytes += words[start...index].reduce(0) { $0 + $1.utf8.count + 1 }
                    words.replaceSubrange(start...index, with: ["<age>"])
                    index = start
                }
            }
            index += 1
        }
        return words.joined(separator: " ")
    }
}

/// What a word is made by: a person or program, a clock, or chance.
enum WordClass: Equatable {
    case plain
    case moment
    case age
    /// Made by chance, of a kind.
    case chance(String)
    /// A name with a suffix made by chance.
    case suffixed(Substring)

    private static let suffixLetters = Set("bcdfghjklmnpqrstvwxz2456789")

    static func of(_ word: Substring) -> WordClass {
        if word.hasPrefix("sha256:") || isHex(word, counts: [12, 64]) { return .chance("id") }
        if isUUID(word) { return .chance("uid") }
        if isAddress(word) { return .chance("address") }
        if isMoment(word) { return .moment }
        if isAge(word) { return .age }
        if let number = Int(word), number >= 200 { return .chance("number") }
        if isKernelRelease(word) { return .chance("release") }
        let parts = word.split(separator: "-", omittingEmptySubsequences: false)
        if parts.count >= 2, let last = parts.last, last.count == 5, last.allSatisfy(suffixLetters.contains),
            last.contains(where: \.isNumber) || parts.count >= 3
        {
            return .suffixed(word[..<word.index(word.endIndex, offsetBy: -6)])
        }
        let halves = word.split(separator: "_", omittingEmptySubsequences: false)
        if halves.count == 2, halves.allSatisfy({ $0.count >= 3 && $0.allSatisfy { $0.isASCII && $0.isLowercase } }) {
            return .chance("name")
        }
        return .plain
    }

    private static func isHex(_ word: Substring, counts: Set<Int>) -> Bool {
        counts.contains(word.count) && word.allSatisfy { $0.isHexDigit && !$0.isUppercase }
            && word.contains(where: \.isNumber)
    }

    private static func isUUID(_ word: Substring) -> Bool {
        let parts = word.split(separator: "-", omittingEmptySubsequences: false)
        return parts.map(\.count) == [8, 4, 4, 4, 12] && parts.allSatisfy { $0.allSatisfy(\.isHexDigit) }
    }

    /// Dotted IPv4 of a private network, with a port or prefix length perhaps; loopback and wildcard are no chance.
    private static func isAddress(_ word: Substring) -> Bool {
        let host = word.split(separator: ":", omittingEmptySubsequences: false).first ?? word
        let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard parts.count == 4, parts.allSatisfy({ $0 != nil }), let first = parts[0] else { return false }
        return first == 10 || first == 172 || first == 192
    }

    private static func isMoment(_ word: Substring) -> Bool {
        let digits = word.map { $0.isNumber ? "9" : $0 }
        let shape = String(digits)
        return shape.hasPrefix("9999-99-99T99:99:99") || shape == "99:99:99" || shape == "9999-99-99"
            || shape == "99:99"
    }

    /// `5s`, `2m3s`, `3h`, `1d4h`, `0.52s`, `12ms`
    private static func isAge(_ word: Substring) -> Bool {
        var rest = word
        guard rest.first?.isNumber ?? false else { return false }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber || $0 == "." }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            guard !digits.isEmpty, ["s", "m", "h", "d", "y", "ms"].contains(unit) else { return false }
            rest = rest.dropFirst(unit.count)
        }
        return true
    }

    /// `6.1.0-18-amd64`: differs from machine to machine.
    private static func isKernelRelease(_ word: Substring) -> Bool {
        let head = word.prefix { $0.isNumber || $0 == "." }
        let numbers = head.split(separator: ".").compactMap { Int($0) }
        return numbers.count == 3 && numbers[0] >= 4 && word.dropFirst(head.count).first == "-"
    }
}

extension Substring {
    fileprivate var trailingPunctuationRemoved: Substring {
        var text = self
        while let last = text.last, ".-_:".contains(last) { text.removeLast() }
        return text
    }
}
