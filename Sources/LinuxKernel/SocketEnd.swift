public import Glibc

/// An address and a port of either family of the internet, as the socket calls take it.
public struct SocketEnd: Sendable, Hashable, CustomStringConvertible {
    /// `struct sockaddr_in` or `struct sockaddr_in6`.
    private let bytes: [UInt8]

    /// - Parameter text: an IPv4 address, or an IPv6 address with brackets or without.
    public init?(_ text: some StringProtocol, port: UInt16) {
        var plain = String(text)
        if plain.hasPrefix("["), plain.hasSuffix("]") { plain = String(plain.dropFirst().dropLast()) }
        if let address = IPv4Address(plain) {
            bytes = address.withSocketAddress(port: port) { pointer, length in
                Array(UnsafeRawBufferPointer(start: pointer, count: Int(length)))
            }
            return
        }
        var six = sockaddr_in6()
        guard inet_pton(AF_INET6, plain, &six.sin6_addr) == 1 else { return nil }
        six.sin6_family = sa_family_t(AF_INET6)
        six.sin6_port = port.bigEndian
        bytes = withUnsafeBytes(of: six) { Array($0) }
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// AF_INET or AF_INET6.
    public var family: Int32 { bytes.count == MemoryLayout<sockaddr_in>.size ? AF_INET : AF_INET6 }

    public var port: UInt16 { UInt16(bytes[2]) << 8 | UInt16(bytes[3]) }

    /// 127.0.0.0/8 or ::1.
    public var isLoopback: Bool {
        family == AF_INET ? bytes[4] == 127 : bytes[8..<24].elementsEqual([UInt8](repeating: 0, count: 15) + [1])
    }

    /// The address without the port.
    public var description: String {
        var text = [CChar](repeating: 0, count: 64)
        let offset = family == AF_INET ? 4 : 8
        bytes.withUnsafeBytes { _ = inet_ntop(family, $0.baseAddress.map { $0 + offset }, &text, 64) }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    public func withRaw<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var storage = sockaddr_storage()
        withUnsafeMutableBytes(of: &storage) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(bytes.count)) }
        }
    }

    /// What a socket is bound to: getsockname(2).
    public static func bound(_ socket: Int32) -> SocketEnd? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) }
        }
        return result == 0 ? from(storage, length) : nil
    }

    /// recvfrom(2).
    /// - Returns: nil where nothing is there, or the errno says something else.
    public static func receive(_ socket: Int32, into buffer: inout [UInt8]) -> (count: Int, from: SocketEnd)? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let size = buffer.count
        let count = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                recvfrom(socket, &buffer, size, 0, $0, &length)
            }
        }
        guard count >= 0, let from = from(storage, length) else { return nil }
        return (count, from)
    }

    private static func from(_ storage: sockaddr_storage, _ length: socklen_t) -> SocketEnd? {
        let sizes = [MemoryLayout<sockaddr_in>.size, MemoryLayout<sockaddr_in6>.size]
        guard sizes.contains(Int(length)) else { return nil }
        return SocketEnd(bytes: withUnsafeBytes(of: storage) { Array($0.prefix(Int(length))) })
    }
}
