/// An `http` or `https` URL (RFC 3986), as far as registries use them: no user, no fragment.
public struct HTTPURL: Sendable, Hashable, CustomStringConvertible {
    public enum Scheme: String, Sendable, Hashable {
        case http, https

        var defaultPort: UInt16 { self == .http ? 80 : 443 }
    }

    public var scheme: Scheme
    /// A name or an address, in lower case; an IPv6 address in its brackets.
    public let host: String
    public let port: UInt16
    /// Path and query, from the first slash.
    public var target: String

    /// The URL that `text` spells, or nil: one with a user in it is refused, as it would send a secret to a log.
    public init?(_ text: some StringProtocol) {
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://"),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            let scheme = Scheme(rawValue: text[..<colon].lowercased())
        else { return nil }
        let rest = text[colon...].dropFirst(3).prefix { $0 != "#" }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let suffix = String(rest[end...])
        self.init(
            scheme: scheme, authority: String(rest[..<end]), target: suffix.hasPrefix("/") ? suffix : "/" + suffix)
    }

    /// - Parameters:
    ///   - authority: `host` or `host:port`.
    ///   - target: path and query, from the first slash.
    public init?(scheme: Scheme, authority: String, target: String) {
        var host = authority[...]
        var port = scheme.defaultPort
        let bracket = authority.lastIndex(of: "]") ?? authority.startIndex
        if let colon = authority[bracket...].lastIndex(of: ":") {
            guard let number = UInt16(authority[authority.index(after: colon)...]), number > 0 else { return nil }
            port = number
            host = authority[..<colon]
        }
        guard Self.isHost(host), target.hasPrefix("/") else { return nil }
        self.scheme = scheme
        self.host = host.lowercased()
        self.port = port
        self.target = target
    }

    public var description: String { "\(scheme.rawValue)://\(authority)\(target)" }

    /// `host`, with the port where it is not the scheme's own.
    public var authority: String { port == scheme.defaultPort ? host : "\(host):\(port)" }

    /// Scheme, host and port are the same: who may see a secret of one may see one of the other (RFC 6454).
    func hasSameOrigin(as other: HTTPURL) -> Bool {
        scheme == other.scheme && host == other.host && port == other.port
    }

    /// What a `Location` header names, relative to this URL (RFC 3986 §5.2, without dot segments).
    func resolving(_ location: String) -> HTTPURL? {
        if let absolute = HTTPURL(location) { return absolute }
        if location.hasPrefix("//") { return HTTPURL("\(scheme.rawValue):\(location)") }
        let path = target.prefix { $0 != "?" }
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? "/"
        let whole: String
        switch location.first {
        case "/": whole = location
        case "?": whole = path + location
        default: whole = folder + location
        }
        return HTTPURL("\(scheme.rawValue)://\(authority)\(whole)")
    }

    /// The URL with further members of its query.
    func adding(query: [(name: String, value: String)]) -> HTTPURL {
        var url = self
        for (name, value) in query {
            url.target += url.target.contains("?") ? "&" : "?"
            url.target += Self.encoded(name) + "=" + Self.encoded(value)
        }
        return url
    }

    /// The host is this machine itself.
    public var isLoopback: Bool { Self.isLoopback(host) }

    static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func encoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.count == 1 ? "0" + digits : digits)
            }
        }
        return result
    }

    private static func isHost(_ text: Substring) -> Bool {
        if text.hasPrefix("["), text.hasSuffix("]") {
            let inner = text.dropFirst().dropLast()
            return !inner.isEmpty && inner.utf8.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit || $0 == 0x3A }
        }
        return !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
