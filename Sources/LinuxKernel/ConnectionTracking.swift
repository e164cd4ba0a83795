/// A flow that the kernel's connection tracking remembers, and with it how its packets are translated: once chosen, an
/// endpoint stays that of the flow, also when the rule that chose it is gone.
public struct TrackedConnection: Sendable {
    /// What the client sent to.
    public let destination: IPv4Address
    public let destinationPort: UInt16
    /// Who answers.
    public let responder: IPv4Address
    public let responderPort: UInt16
    /// IPPROTO_TCP, IPPROTO_UDP, …
    public let transport: UInt8
    /// The original tuple as the kernel gave it: what names the connection.
    let tuple: [UInt8]

    /// Reads the payload of an answer to `NetlinkMessage.listConnections`; nil for what is no IPv4 flow with ports.
    public init?(payload: UnsafeRawBufferPointer) {
        // struct nfgenmsg comes first.
        guard payload.count > 4 else { return nil }
        let attributes = Self.attributes(UnsafeRawBufferPointer(rebasing: payload[4...]))
        guard let original = attributes[ConnectionAttribute.original],
            let reply = attributes[ConnectionAttribute.reply], let sent = Self.tuple(original),
            let answered = Self.tuple(reply)
        else { return nil }
        destination = sent.destination
        destinationPort = sent.destinationPort
        responder = answered.source
        responderPort = answered.sourcePort
        transport = sent.transport
        tuple = Array(original)
    }

    private typealias Tuple = (
        source: IPv4Address, sourcePort: UInt16, destination: IPv4Address, destinationPort: UInt16, transport: UInt8
    )

    private static func tuple(_ bytes: UnsafeRawBufferPointer) -> Tuple? {
        let parts = attributes(bytes)
        guard let addresses = parts[1].map(attributes), let ports = parts[2].map(attributes),
            let source = addresses[1], let destination = addresses[2], source.count == 4, destination.count == 4,
            let transport = ports[1]?.first, let sourcePort = ports[2], let destinationPort = ports[3],
            sourcePort.count >= 2, destinationPort.count >= 2
        else { return nil }
        return (
            IPv4Address(value: UInt32(bigEndian: source.loadUnaligned(as: UInt32.self))),
            UInt16(bigEndian: sourcePort.loadUnaligned(as: UInt16.self)),
            IPv4Address(value: UInt32(bigEndian: destination.loadUnaligned(as: UInt32.self))),
            UInt16(bigEndian: destinationPort.loadUnaligned(as: UInt16.self)), transport
        )
    }

    private static func attributes(_ bytes: UnsafeRawBufferPointer) -> [UInt16: UnsafeRawBufferPointer] {
        var found: [UInt16: UnsafeRawBufferPointer] = [:]
        var offset = 0
        while offset + 4 <= bytes.count {
            let length = Int(bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
            guard length >= 4, offset + length <= bytes.count else { break }
            // The two highest bits are flags (nested, network byte order).
            let type = bytes.loadUnaligned(fromByteOffset: offset + 2, as: UInt16.self) & 0x3FFF
            found[type] = UnsafeRawBufferPointer(rebasing: bytes[offset + 4..<offset + length])
            offset += (length + 3) & ~3
        }
        return found
    }
}

/// linux/netfilter/nfnetlink_conntrack.h
private enum ConnectionAttribute {
    static let original: UInt16 = 1
    static let reply: UInt16 = 2
    static let nested: UInt16 = 0x8000
}

extension NetlinkMessage {
    // Subsystem 1 (ctnetlink) in the high byte; struct nfgenmsg: family, version, resource.
    private static let internetFamily: [UInt8] = [2, 0, 0, 0]

    /// To be sent with `NetlinkSocket.dump` on a `NetlinkSocket.netfilter` socket.
    public static let listConnections = NetlinkMessage(
        type: 0x0101, flags: .dump, stage: "list connections", fixed: internetFamily)

    public static func forget(_ connection: TrackedConnection) -> NetlinkMessage {
        var message = NetlinkMessage(type: 0x0102, flags: [], stage: "forget connection", fixed: internetFamily)
        message.append(ConnectionAttribute.original | ConnectionAttribute.nested, connection.tuple)
        return message
    }
}
