import Glibc

/// Requests of nf_tables: what a program sends to one port of one of its own addresses arrives at another port.
extension NetlinkMessage {
    private static let tables: UInt16 = 10 << 8
    private static let nested: UInt16 = 0x8000

    /// One transaction, for `NetlinkSocket.transact`: a table with a NAT chain for what goes out, and a rule for each port.
    /// - Parameters:
    ///   - address: where packets are sent to; it stays the same.
    ///   - port: the port they are sent to.
    ///   - ports: where they arrive instead, by IP protocol (`IPPROTO_UDP`, `IPPROTO_TCP`).
    public static func redirection(
        of address: IPv4Address, port: UInt16, to ports: [(transport: UInt8, port: UInt16)]
    ) -> [NetlinkMessage] {
        var table = change(0, "add table")
        table.append(1, string: "names")
        var chain = change(3, "add chain")
        chain.append(1, string: "names")
        chain.append(3, string: "output")
        chain.nest(4 | nested) { hook in
            hook.append(1, number: UInt32(3).bigEndian)  // NF_INET_LOCAL_OUT
            hook.append(2, number: Int32(-100).bigEndian)  // NF_IP_PRI_NAT_DST
        }
        chain.append(7, string: "nat")
        let rules = ports.map { rule(address, port, $0.transport, $0.port) }
        return [boundary(0x10, "begin transaction"), table, chain] + rules + [boundary(0x11, "end transaction")]
    }

    /// `struct nfgenmsg` with the number of the subsystem.
    private static func boundary(_ type: UInt16, _ stage: String) -> NetlinkMessage {
        NetlinkMessage(type: type, flags: [], stage: stage, fixed: [0, 0] + bytes(UInt16(10).bigEndian))
    }

    private static func change(_ type: UInt16, _ stage: String) -> NetlinkMessage {
        NetlinkMessage(type: tables | type, flags: .create, stage: stage, fixed: [UInt8(AF_INET), 0, 0, 0])
    }

    private static func rule(
        _ address: IPv4Address, _ port: UInt16, _ transport: UInt8, _ other: UInt16
    ) -> NetlinkMessage {
        var rule = change(6, "add rule")
        rule.append(1, string: "names")
        rule.append(2, string: "output")
        rule.nest(4 | nested) { rule in
            rule.load(header: 1, offset: 16, length: 4)
            rule.compare(address.octets)
            rule.expression("meta") { meta in
                meta.append(1, number: UInt32(1).bigEndian)
                meta.append(2, number: UInt32(16).bigEndian)  // NFT_META_L4PROTO
            }
            rule.compare([transport])
            rule.load(header: 2, offset: 2, length: 2)
            rule.compare(bytes(port.bigEndian))
            rule.put(address.octets, register: 1)
            rule.put(bytes(other.bigEndian), register: 2)
            rule.expression("nat") { nat in
                nat.append(1, number: UInt32(1).bigEndian)  // NFT_NAT_DNAT
                nat.append(2, number: UInt32(2).bigEndian)  // NFPROTO_IPV4
                nat.append(3, number: UInt32(1).bigEndian)
                nat.append(5, number: UInt32(2).bigEndian)
            }
        }
        return rule
    }

    private mutating func expression(_ name: String, _ data: (inout NetlinkMessage) -> Void) {
        nest(1 | Self.nested) { element in
            element.append(1, string: name)
            element.nest(2 | Self.nested, data)
        }
    }

    /// Loads a part of a packet into register 1.
    /// - Parameter header: 1 the network's, 2 the transport's.
    private mutating func load(header: UInt32, offset: UInt32, length: UInt32) {
        expression("payload") { payload in
            payload.append(1, number: UInt32(1).bigEndian)
            payload.append(2, number: header.bigEndian)
            payload.append(3, number: offset.bigEndian)
            payload.append(4, number: length.bigEndian)
        }
    }

    /// Goes on only where register 1 holds this.
    private mutating func compare(_ value: [UInt8]) {
        expression("cmp") { comparison in
            comparison.append(1, number: UInt32(1).bigEndian)
            comparison.append(2, number: UInt32(0))
            comparison.nest(3 | Self.nested) { $0.append(1, value) }
        }
    }

    private mutating func put(_ value: [UInt8], register: UInt32) {
        expression("immediate") { immediate in
            immediate.append(1, number: register.bigEndian)
            immediate.nest(2 | Self.nested) { $0.append(1, value) }
        }
    }
}
