import LinuxKernel

/// The two ends of a flow.
struct Flow: Hashable {
    let client: IPv4Address
    let clientPort: UInt16
    let destination: IPv4Address
    let port: UInt16
}

/// IPv4 packets (RFC 791) as far as the outbound proxy reads and writes them. Pure.
enum InternetPacket {
    static let tcp: UInt8 = 6
    static let udp: UInt8 = 17
    static let icmp: UInt8 = 1

    /// The flow that a TCP segment opens, and its sequence number; nil for anything else.
    static func opening(_ packet: [UInt8]) -> (flow: Flow, sequence: UInt32)? {
        guard packet.count >= 20, packet[0] >> 4 == 4 else { return nil }
        let header = Int(packet[0] & 0xF) * 4
        let isFragment = (UInt16(packet[6] & 0x1F) << 8 | UInt16(packet[7])) != 0
        guard header >= 20, packet.count >= header + 20, packet[9] == tcp, !isFragment else { return nil }
        let finSynResetAck: UInt8 = 0x17
        let syn: UInt8 = 0x02
        guard packet[header + 13] & finSynResetAck == syn else { return nil }
        let flow = Flow(
            client: IPv4Address(value: number(packet, 12)), clientPort: short(packet, header),
            destination: IPv4Address(value: number(packet, 16)), port: short(packet, header + 2))
        return (flow, number(packet, header + 4))
    }

    /// The packet with the checksum that its network card would have put in: a virtual one leaves that to nobody.
    static func checksummed(_ packet: [UInt8]) -> [UInt8] {
        guard packet.count >= 20 else { return packet }
        let header = Int(packet[0] & 0xF) * 4
        guard packet.count >= header + 20 else { return packet }
        var packet = packet
        packet.replaceSubrange(header + 16..<header + 18, with: [0, 0])
        let segment = packet[header...]
        let pseudo = packet[12..<20] + [0, tcp] + bytes(UInt16(segment.count)) + segment
        packet.replaceSubrange(header + 16..<header + 18, with: bytes(checksum(Array(pseudo))))
        return packet
    }

    /// What a machine sends that listens on no such port: RST, ACK (RFC 9293 §3.10.7.1).
    static func refusal(of flow: Flow, sequence: UInt32) -> [UInt8] {
        var segment = bytes(flow.port) + bytes(flow.clientPort) + bytes(UInt32(0)) + bytes(sequence &+ 1)
        segment += [5 << 4, 0x14, 0, 0, 0, 0, 0, 0]
        let pseudo =
            flow.destination.octets + flow.client.octets + [0, tcp] + bytes(UInt16(segment.count)) + segment
        segment.replaceSubrange(16..<18, with: bytes(checksum(pseudo)))
        return packet(tcp, from: flow.destination, to: flow.client, segment)
    }

    /// What a router sends that has no way on (RFC 792), about the beginning of a packet of the flow.
    /// - Parameter code: 0 network, 1 host, 3 port unreachable, 13 prohibited.
    static func unreachable(_ flow: Flow, code: UInt8, protocol: UInt8, sequence: UInt32, from: IPv4Address) -> [UInt8]
    {
        let begin =
            packet(
                `protocol`, from: flow.client, to: flow.destination,
                bytes(flow.clientPort) + bytes(flow.port) + bytes(sequence))
        var message: [UInt8] = [3, code, 0, 0, 0, 0, 0, 0] + begin
        message.replaceSubrange(2..<4, with: bytes(checksum(message)))
        return packet(icmp, from: from, to: flow.client, message)
    }

    private static func packet(
        _ protocol: UInt8, from: IPv4Address, to: IPv4Address, _ payload: [UInt8]
    ) -> [UInt8] {
        let length = UInt16(20 + payload.count)
        var header: [UInt8] = [0x45, 0] + bytes(length) + [0, 0, 0x40, 0, 64, `protocol`, 0, 0]
        header += from.octets + to.octets
        header.replaceSubrange(10..<12, with: bytes(checksum(header)))
        return header + payload
    }

    /// RFC 1071.
    static func checksum(_ bytes: [UInt8]) -> UInt16 {
        var sum: UInt32 = 0
        for index in stride(from: 0, to: bytes.count, by: 2) {
            sum += UInt32(bytes[index]) << 8 | (index + 1 < bytes.count ? UInt32(bytes[index + 1]) : 0)
        }
        while sum >> 16 != 0 { sum = sum & 0xFFFF + sum >> 16 }
        return ~UInt16(truncatingIfNeeded: sum)
    }

    private static func bytes(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xFF)] }
    private static func bytes(_ value: UInt32) -> [UInt8] {
        bytes(UInt16(value >> 16)) + bytes(UInt16(truncatingIfNeeded: value))
    }

    private static func short(_ packet: [UInt8], _ place: Int) -> UInt16 {
        UInt16(packet[place]) << 8 | UInt16(packet[place + 1])
    }

    private static func number(_ packet: [UInt8], _ place: Int) -> UInt32 {
        UInt32(short(packet, place)) << 16 | UInt32(short(packet, place + 2))
    }
}
