import Glibc

/// A network interface as the kernel tells of it: rtnetlink(7) `RTM_GETLINK` and `RTM_GETADDR`.
public struct NetworkLink: Sendable, Hashable {
    public var index: Int32
    public var name = ""
    /// `02:42:ac:11:00:02`; empty where there is none.
    public var hardwareAddress = ""
    /// The other end of a pair (veth(4)), in another namespace; 0 where there is none.
    public var peerIndex: Int32 = 0
    /// IPv4, with prefix lengths.
    public var addresses: [String] = []
    public var receivedBytes: UInt64 = 0
    public var sentBytes: UInt64 = 0

    /// All interfaces of the namespace that the socket speaks for, by number.
    public static func all(_ socket: inout NetlinkSocket) throws(NetlinkError) -> [NetworkLink] {
        var links: [Int32: NetworkLink] = [:]
        let getLink = NetlinkMessage(
            type: 18, flags: [.dump], stage: "list interfaces", fixed: [UInt8](repeating: 0, count: 16))
        try socket.dump(getLink) { type, payload in
            guard type == 16, payload.count >= 16 else { return }
            var link = NetworkLink(index: payload.loadUnaligned(fromByteOffset: 4, as: Int32.self))
            for (attribute, value) in attributes(payload, from: 16) {
                switch attribute {
                case 3: link.name = String(decoding: value.prefix { $0 != 0 }, as: UTF8.self)
                case 1 where value.contains { $0 != 0 }:
                    link.hardwareAddress = value.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(
                        separator: ":")
                case 5 where value.count >= 4: link.peerIndex = value.loadUnaligned(as: Int32.self)
                case 23 where value.count >= 32:
                    // struct rtnl_link_stats64: packets in and out, then bytes
                    link.receivedBytes = value.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
                    link.sentBytes = value.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
                default: break
                }
            }
            links[link.index] = link
        }
        let getAddress = NetlinkMessage(
            type: 22, flags: [.dump], stage: "list addresses", fixed: [2, 0, 0, 0, 0, 0, 0, 0])
        try socket.dump(getAddress) { type, payload in
            guard type == 20, payload.count >= 8, payload[0] == 2 else { return }
            let index = payload.loadUnaligned(fromByteOffset: 4, as: Int32.self)
            let own = attributes(payload, from: 8)
            guard let local = own.first(where: { $0.0 == 2 })?.1 ?? own.first(where: { $0.0 == 1 })?.1, local.count == 4
            else { return }
            links[index]?.addresses.append(local.map { String($0) }.joined(separator: ".") + "/\(payload[1])")
        }
        return links.values.sorted { $0.index < $1.index }
    }

    /// The next hop of the default route, dotted.
    public static func gateway(_ socket: inout NetlinkSocket) throws(NetlinkError) -> String? {
        var gateway: String?
        let getRoute = NetlinkMessage(
            type: 26, flags: [.dump], stage: "list routes", fixed: [2] + [UInt8](repeating: 0, count: 11))
        try socket.dump(getRoute) { type, payload in
            // struct rtmsg: the second byte is the length of the destination
            guard type == 24, payload.count >= 12, payload[0] == 2, payload[1] == 0 else { return }
            for (attribute, value) in attributes(payload, from: 12) where attribute == 5 && value.count == 4 {
                gateway = value.map { String($0) }.joined(separator: ".")
            }
        }
        return gateway
    }

    private static func attributes(
        _ payload: UnsafeRawBufferPointer, from start: Int
    ) -> [(UInt16, UnsafeRawBufferPointer)] {
        var found: [(UInt16, UnsafeRawBufferPointer)] = []
        var offset = start
        while offset + 4 <= payload.count {
            let length = Int(payload.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
            guard length >= 4, offset + length <= payload.count else { break }
            let kind = payload.loadUnaligned(fromByteOffset: offset + 2, as: UInt16.self) & 0x3FFF
            found.append((kind, UnsafeRawBufferPointer(rebasing: payload[(offset + 4)..<(offset + length)])))
            offset += (length + 3) & ~3
        }
        return found
    }
}
