/// One challenge of a `WWW-Authenticate` header (RFC 9110 §11.6.1): a scheme and its parameters.
public struct AuthenticationChallenge: Sendable, Hashable {
    /// In lower case: `basic`, `bearer`.
    public var scheme: String
    /// By name in lower case.
    public var parameters: [String: String]

    /// The challenges of one header; what cannot be understood ends the list.
    public static func parse(_ header: String) -> [AuthenticationChallenge] {
        var scanner = ChallengeScanner(header)
        var challenges: [AuthenticationChallenge] = []
        scanner.skipSeparators()
        while let scheme = scanner.token() {
            var challenge = AuthenticationChallenge(scheme: scheme.lowercased(), parameters: [:])
            if scanner.skipSpaces(), !scanner.skipToken68() {
                while let (name, value) = scanner.parameter() {
                    challenge.parameters[name.lowercased()] = value
                    scanner.skipSeparators()
                }
            }
            challenges.append(challenge)
            scanner.skipSeparators()
        }
        return challenges
    }
}

private struct ChallengeScanner {
    private let bytes: [UInt8]
    private var place = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    mutating func skipSeparators() {
        while let byte = next, byte == UInt8(ascii: ",") || byte == 0x20 || byte == 0x09 { place += 1 }
    }

    /// - Returns: whether there were any.
    @discardableResult
    mutating func skipSpaces() -> Bool {
        let start = place
        while let byte = next, byte == 0x20 || byte == 0x09 { place += 1 }
        return place > start
    }

    mutating func token() -> String? {
        let start = place
        while let byte = next, Self.isToken(byte) { place += 1 }
        return place > start ? String(decoding: bytes[start..<place], as: UTF8.self) : nil
    }

    /// Skips the opaque word that some schemes have instead of parameters (`Negotiate a87421000492aa874209af8bc028==`).
    mutating func skipToken68() -> Bool {
        let start = place
        while let byte = next, Self.isToken(byte) || byte == UInt8(ascii: "/") { place += 1 }
        while next == UInt8(ascii: "=") { place += 1 }
        let end = place
        skipSpaces()
        guard end > start, next == nil || next == UInt8(ascii: ",") else {
            place = start
            return false
        }
        return true
    }

    /// `name=value` or `name="value"`; nil, and the place unchanged, where there is none.
    mutating func parameter() -> (String, String)? {
        let start = place
        guard let name = token() else { return nil }
        skipSpaces()
        guard next == UInt8(ascii: "=") else {
            place = start
            return nil
        }
        place += 1
        skipSpaces()
        if next == UInt8(ascii: "\"") { return quoted().map { (name, $0) } }
        return (name, token() ?? "")
    }

    private mutating func quoted() -> String? {
        place += 1
        var value: [UInt8] = []
        while let byte = next {
            place += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: value, as: UTF8.self) }
            if byte == UInt8(ascii: "\\"), let escaped = next {
                value.append(escaped)
                place += 1
            } else {
                value.append(byte)
            }
        }
        return nil
    }

    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
