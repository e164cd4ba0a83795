/// A domain name (RFC 1035 §3.1): labels from the left, without the root. Compared without regard to ASCII case.
public struct DomainName: Sendable {
    public let labels: [[UInt8]]

    /// At most 63 octets a label and 255 in all, as RFC 1035 §2.3.4 counts them; nil beyond.
    public init?(labels: [[UInt8]]) {
        var length = 1
        for label in labels {
            guard (1...63).contains(label.count) else { return nil }
            length += label.count + 1
        }
        guard length <= 255 else { return nil }
        self.labels = labels
    }

    /// `web.default.svc.cluster.local`, with or without a dot at the end.
    public init?(_ text: String) {
        var parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Array($0.utf8) }
        if parts.last?.isEmpty == true { parts.removeLast() }
        self.init(labels: parts)
    }

    /// In lower case, without the dot at the end.
    public var text: String {
        labels.map { String(decoding: $0.map(Self.lower), as: UTF8.self) }.joined(separator: ".")
    }

    /// The labels before `suffix` in lower case, or nil where the name is not in that domain.
    public func labels(before suffix: [String]) -> [String]? {
        guard labels.count >= suffix.count else { return nil }
        let lowered = labels.map { String(decoding: $0.map(Self.lower), as: UTF8.self) }
        guard Array(lowered.suffix(suffix.count)) == suffix else { return nil }
        return Array(lowered.dropLast(suffix.count))
    }

    static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte + 0x20 : byte }
}

extension DomainName: Hashable {
    public static func == (left: DomainName, right: DomainName) -> Bool {
        left.labels.map { $0.map(lower) } == right.labels.map { $0.map(lower) }
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(labels.map { $0.map(Self.lower) }) }
}
