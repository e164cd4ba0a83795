public import Glibc

/// An IPv4 address. Ordered as numbers.
public struct IPv4Address: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// In host byte order: `10.0.0.1` is 0x0A000001.
    public let value: UInt32

    public init(value: UInt32) {
        self.value = value
    }

    /// Four decimal numbers with dots, and nothing else.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            guard !part.isEmpty, part.utf8.count <= 3, part.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = UInt8(part)
            else { return nil }
            value = value << 8 | UInt32(number)
        }
        self.value = value
    }

    /// The four bytes as they travel.
    public var octets: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }

    public var description: String { octets.map { String($0) }.joined(separator: ".") }

    public static func < (left: IPv4Address, right: IPv4Address) -> Bool { left.value < right.value }

    /// Calls `body` with the address and `port` as bind(2) and connect(2) take them.
    public func withSocketAddress<Result>(
        port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = value.bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}

/// A block of addresses in CIDR notation: `10.244.1.0/24`.
public struct IPv4Subnet: Sendable, Hashable, CustomStringConvertible {
    /// Its first address.
    public let base: IPv4Address
    /// 0–32
    public let prefixLength: Int

    /// - Returns: nil unless `text` is an address, a slash and a length, with no bit set behind the prefix.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let base = IPv4Address(parts[0]), let length = Int(parts[1]), (0...32).contains(length),
            base.value & ~Self.mask(length) == 0
        else { return nil }
        self.base = base
        prefixLength = length
    }

    /// The subnet that holds one address.
    public init(address: IPv4Address) {
        base = address
        prefixLength = 32
    }

    public func contains(_ address: IPv4Address) -> Bool {
        address.value & Self.mask(prefixLength) == base.value
    }

    /// The number of addresses, those of the network and the broadcast included.
    public var count: Int { 1 << (32 - prefixLength) }

    /// The address `offset` places after the first.
    public subscript(offset: Int) -> IPv4Address {
        IPv4Address(value: base.value &+ UInt32(truncatingIfNeeded: offset))
    }

    public var description: String { "\(base)/\(prefixLength)" }

    private static func mask(_ length: Int) -> UInt32 { length == 0 ? 0 : ~0 << (32 - UInt32(length)) }
}
