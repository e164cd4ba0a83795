public import Glibc

/// An IPv4 address and port as the socket calls take it.
public struct SocketAddress: Sendable, Hashable {
    public var address: IPv4
    public var port: UInt16

    public init(_ address: IPv4, _ port: UInt16) {
        self.address = address
        self.port = port
    }

    public init(_ raw: sockaddr_in) {
        address = IPv4(UInt32(bigEndian: raw.sin_addr.s_addr))
        port = UInt16(bigEndian: raw.sin_port)
    }

    public func withRaw<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var raw = sockaddr_in()
        raw.sin_family = sa_family_t(AF_INET)
        raw.sin_port = port.bigEndian
        raw.sin_addr.s_addr = address.value.bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafePointer(to: &raw) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }

    /// recvfrom(2), with the sender.
    public static func receive(_ descriptor: Int32, into buffer: inout [UInt8]) -> (count: Int, from: SocketAddress)? {
        var raw = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let size = buffer.count
        let count = withUnsafeMutablePointer(to: &raw) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                recvfrom(descriptor, &buffer, size, 0, $0, &length)
            }
        }
        return count < 0 ? nil : (count, SocketAddress(raw))
    }
}
