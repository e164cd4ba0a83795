import CNettle

/// A content address (OCI image-spec, descriptor.md, "Digests"): `sha256:` and 64 lower-case hexadecimal digits.
/// Other registered algorithms are not accepted, because nothing here makes them.
public struct Digest: Sendable, Hashable, CustomStringConvertible {
    /// 64 lower-case hexadecimal digits.
    public let hex: String

    /// The digest that `text` spells, or nil if it is not one.
    public init?(_ text: some StringProtocol) {
        let prefix = "sha256:"
        guard text.hasPrefix(prefix) else { return nil }
        let hex = text.dropFirst(prefix.count)
        guard hex.utf8.count == 64, hex.utf8.allSatisfy(Self.isHexadecimal) else { return nil }
        self.hex = String(hex)
    }

    /// The digest of `bytes`.
    public init(of bytes: some Sequence<UInt8>) {
        var hash = SHA256()
        if bytes.withContiguousStorageIfAvailable({ hash.update(UnsafeRawBufferPointer($0)) }) == nil {
            let copy = Array(bytes)
            copy.withUnsafeBytes { hash.update($0) }
        }
        self = hash.finish()
    }

    init(octets: [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        hex = String(decoding: octets.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    public var description: String { "sha256:\(hex)" }

    static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
        default: false
        }
    }
}

/// SHA-256 (FIPS 180-4) over bytes that come in pieces.
public struct SHA256: Sendable {
    private var context = sha256_ctx()

    public init() {
        nettle_sha256_init(&context)
    }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
        nettle_sha256_update(&context, bytes.count, base.assumingMemoryBound(to: UInt8.self))
    }

    public mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// The digest of all bytes since the start; the hash begins anew.
    public mutating func finish() -> Digest {
        var octets = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_SIZE))
        nettle_sha256_digest(&context, octets.count, &octets)
        return Digest(octets: octets)
    }
}
