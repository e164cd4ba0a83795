/// Reads the status line of an HTTP/1 response (RFC 9112 §4) as it comes in piece by piece.
struct HTTPResponseHead {
    enum Progress: Equatable {
        case incomplete
        case status(Int)
        case malformed(String)
    }

    /// Longer status lines are refused.
    static let limit = 4096
    private var bytes: [UInt8] = []

    mutating func append(_ piece: some Sequence<UInt8>) -> Progress {
        bytes.append(contentsOf: piece)
        guard let end = bytes.firstIndex(of: 0x0A) else {
            return bytes.count > Self.limit ? .malformed(quoted) : .incomplete
        }
        let line = bytes[..<end]
        let parts = line.split(separator: 0x20, maxSplits: 2)
        guard parts.count >= 2, parts[0].starts(with: "HTTP/".utf8),
            let code = Int(String(decoding: parts[1].prefix { $0 != 0x0D }, as: UTF8.self)), (100...999).contains(code)
        else { return .malformed(quoted) }
        return .status(code)
    }

    private var quoted: String {
        "\"" + String(decoding: bytes.prefix(32).map { $0 < 0x20 ? 0x2E : $0 }, as: UTF8.self) + "\""
    }

    /// The request of a probe.
    static func request(_ get: HandlerSpecification.HTTPGet, authority: String) -> [UInt8] {
        func contains(_ name: String) -> Bool { get.headers.contains { $0.name.lowercased() == name } }
        var text = "GET \(get.path) HTTP/1.1\r\n"
        if !contains("host") { text += "Host: \(authority)\r\n" }
        if !contains("user-agent") { text += "User-Agent: kube-probe/1.34\r\n" }
        if !contains("accept") { text += "Accept: */*\r\n" }
        for header in get.headers { text += "\(header.name): \(header.value)\r\n" }
        return Array((text + "Connection: close\r\n\r\n").utf8)
    }
}
