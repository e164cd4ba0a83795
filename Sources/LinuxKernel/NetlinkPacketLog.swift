/// The requests of netfilter's log (nfnetlink_log), which hands over packets that a rule `log group N` met.
extension NetlinkMessage {
    /// Has the packets of a group sent to this socket, each at once.
    /// - Parameter length: bytes of each packet.
    public static func bindPacketLog(group: UInt16, length: UInt32) -> NetlinkMessage {
        var message = NetlinkMessage(
            type: configuration, flags: [], stage: "bind packet log \(group)",
            fixed: [0, 0] + bytes(group.bigEndian))
        message.append(1, number: UInt8(1))  // NFULA_CFG_CMD: NFULNL_CFG_CMD_BIND
        message.append(2, bytes(length.bigEndian) + [2, 0])  // NFULA_CFG_MODE: NFULNL_COPY_PACKET
        message.append(5, number: UInt32(1).bigEndian)  // NFULA_CFG_QTHRESH
        return message
    }

    private static let configuration: UInt16 = 0x0401
}

/// A packet that was logged.
public enum LoggedPacket {
    private static let packetType: UInt16 = 0x0400
    private static let payload: UInt16 = 9

    /// The IP packets in what was received from a netlink(7) socket, from their IP headers on.
    public static func packets(in bytes: UnsafeRawBufferPointer) -> [[UInt8]] {
        var found: [[UInt8]] = []
        var offset = 0
        while offset + 16 <= bytes.count {
            let length = Int(bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            guard length >= 20, offset + length <= bytes.count else { break }
            if bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt16.self) == packetType {
                found += attribute(UnsafeRawBufferPointer(rebasing: bytes[offset + 20..<offset + length]))
            }
            offset += (length + 3) & ~3
        }
        return found
    }

    private static func attribute(_ bytes: UnsafeRawBufferPointer) -> [[UInt8]] {
        var offset = 0
        while offset + 4 <= bytes.count {
            let length = Int(bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
            guard length >= 4, offset + length <= bytes.count else { return [] }
            if bytes.loadUnaligned(fromByteOffset: offset + 2, as: UInt16.self) & 0x3FFF == payload {
                return [Array(bytes[offset + 4..<offset + length])]
            }
            offset += (length + 3) & ~3
        }
        return []
    }
}
