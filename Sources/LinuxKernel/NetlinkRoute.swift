/// The requests of rtnetlink(7) that a network of routed veth pairs needs.
extension NetlinkMessage {
    /// A virtual Ethernet pair (veth(4)). The peer is born in its namespace, named and numbered, and down: a peer that
    /// is up before it is moved announces itself in the wrong place.
    /// - Parameters:
    ///   - index, peerIndex: free interface numbers in either namespace. Choosing them here is what lets the following
    ///     requests go into the same batch.
    ///   - peerNamespace: a descriptor of the peer's network namespace.
    public static func addVirtualEthernet(
        name: String, index: Int32, hardwareAddress: [UInt8], peerName: String, peerIndex: Int32,
        peerHardwareAddress: [UInt8], peerNamespace: Int32
    ) -> NetlinkMessage {
        var message = NetlinkMessage(
            type: RouteType.newLink, flags: [.create, .exclusive], stage: "add veth \(name)", fixed: link(index: index))
        message.append(LinkAttribute.name, string: name)
        message.append(LinkAttribute.hardwareAddress, hardwareAddress)
        message.nest(LinkAttribute.information) { message in
            message.append(LinkAttribute.informationKind, string: "veth")
            message.nest(LinkAttribute.informationData) { message in
                message.nest(LinkAttribute.vethPeer) { message in
                    message.append(fixed: link(index: peerIndex))
                    message.append(LinkAttribute.name, string: peerName)
                    message.append(LinkAttribute.hardwareAddress, peerHardwareAddress)
                    message.append(LinkAttribute.namespaceDescriptor, number: peerNamespace)
                }
            }
        }
        return message
    }

    public static func setLinkUp(index: Int32) -> NetlinkMessage {
        let up: UInt32 = 1
        return NetlinkMessage(
            type: RouteType.newLink, flags: [], stage: "set link \(index) up", fixed: link(index: index, flags: up))
    }

    /// Asks for the interface, and throws the answer away. What matters is what the kernel does first (since 6.13): an
    /// interface that has just got its carrier drops what is sent until a deferred work has run, and asking runs it.
    public static func settleLink(index: Int32) -> NetlinkMessage {
        let skipStatistics: UInt32 = 1 << 3
        var message = NetlinkMessage(
            type: RouteType.getLink, flags: [], stage: "get link \(index)", fixed: link(index: index))
        message.append(LinkAttribute.extendedMask, number: skipStatistics)
        return message
    }

    /// Lets what arrives on the interface be routed on (`net.ipv4.conf.IFACE.forwarding`).
    public static func setForwarding(index: Int32) -> NetlinkMessage {
        var message = NetlinkMessage(
            type: RouteType.newLink, flags: [], stage: "set forwarding on \(index)", fixed: link(index: index))
        message.nest(LinkAttribute.familySpecific) { message in
            message.nest(UInt16(internetFamily)) { message in
                message.nest(LinkAttribute.internetConfiguration) { message in
                    message.append(LinkAttribute.forwarding, number: UInt32(1))
                }
            }
        }
        return message
    }

    /// Keeps the interface without an IPv6 address, and so without the messages that look for routers and duplicates. To
    /// be sent before it is up. EAFNOSUPPORT where there is no IPv6.
    public static func setNoInternet6Address(index: Int32) -> NetlinkMessage {
        let internetFamily6: UInt16 = 10
        let none: UInt8 = 1
        var message = NetlinkMessage(
            type: RouteType.newLink, flags: [], stage: "set no IPv6 address on \(index)", fixed: link(index: index))
        message.nest(LinkAttribute.familySpecific) { message in
            message.nest(internetFamily6) { message in
                message.append(LinkAttribute.addressGenerationMode, number: none)
            }
        }
        return message
    }

    public static func deleteLink(index: Int32) -> NetlinkMessage {
        NetlinkMessage(type: RouteType.deleteLink, flags: [], stage: "delete link \(index)", fixed: link(index: index))
    }

    /// - Parameter withoutRoute: the rest of the subnet is not to be looked for behind this interface.
    public static func addAddress(
        _ address: IPv4Address, prefixLength: Int, index: Int32, withoutRoute: Bool = false
    ) -> NetlinkMessage {
        let noPrefixRoute: UInt32 = 0x200
        var message = NetlinkMessage(
            type: RouteType.newAddress, flags: [.create, .replace], stage: "add address \(address)",
            fixed: [internetFamily, UInt8(prefixLength), 0, 0] + bytes(index))
        message.append(AddressAttribute.local, address.octets)
        message.append(AddressAttribute.address, address.octets)
        if withoutRoute {
            message.append(AddressAttribute.flags, number: noPrefixRoute)
            let last = address.value | (prefixLength >= 32 ? 0 : UInt32.max >> UInt32(prefixLength))
            message.append(AddressAttribute.broadcast, IPv4Address(value: last).octets)
        }
        return message
    }

    public static func deleteAddress(_ address: IPv4Address, prefixLength: Int, index: Int32) -> NetlinkMessage {
        var message = NetlinkMessage(
            type: RouteType.deleteAddress, flags: [], stage: "delete address \(address)",
            fixed: [internetFamily, UInt8(prefixLength), 0, 0] + bytes(index))
        message.append(AddressAttribute.local, address.octets)
        return message
    }

    /// - Parameters:
    ///   - gateway: the next hop, or nil for a destination that is on the link.
    ///   - source: the address that packets sent from here get.
    public static func addRoute(
        to subnet: IPv4Subnet?, index: Int32, gateway: IPv4Address? = nil, source: IPv4Address? = nil
    ) -> NetlinkMessage {
        route(
            RouteType.newRoute, [.create, .replace], "add route \(subnet?.description ?? "default")", subnet, index,
            gateway, source)
    }

    /// Everything that no other route leads to is taken for the machine's own (AnyIP): in the table that is asked last.
    public static func addLocalDefault(index: Int32, source: IPv4Address) -> NetlinkMessage {
        let defaultTable: UInt8 = 253
        let host: UInt8 = 254
        let local: UInt8 = 2
        var message = NetlinkMessage(
            type: RouteType.newRoute, flags: [.create, .replace], stage: "add local default",
            fixed: [internetFamily, 0, 0, 0, defaultTable, 4, host, local] + bytes(UInt32(0)))
        message.append(RouteAttribute.outgoingInterface, number: index)
        message.append(RouteAttribute.preferredSource, source.octets)
        return message
    }

    /// What has no better route in the subnet is out of reach, and its sender told so.
    public static func addUnreachable(_ subnet: IPv4Subnet) -> NetlinkMessage {
        unreachable(RouteType.newRoute, [.create, .replace], "add unreachable \(subnet)", subnet)
    }

    public static func deleteUnreachable(_ subnet: IPv4Subnet) -> NetlinkMessage {
        unreachable(RouteType.deleteRoute, [], "delete unreachable \(subnet)", subnet)
    }

    private static func unreachable(
        _ type: UInt16, _ flags: Flags, _ stage: String, _ subnet: IPv4Subnet
    ) -> NetlinkMessage {
        let mainTable: UInt8 = 254
        let unreachable: UInt8 = 7
        var message = NetlinkMessage(
            type: type, flags: flags, stage: stage,
            fixed: [internetFamily, UInt8(subnet.prefixLength), 0, 0, mainTable, 4, 0, unreachable]
                + bytes(UInt32(0)))
        message.append(RouteAttribute.destination, subnet.base.octets)
        return message
    }

    public static func deleteRoute(to subnet: IPv4Subnet, index: Int32) -> NetlinkMessage {
        route(RouteType.deleteRoute, [], "delete route \(subnet)", subnet, index, nil, nil)
    }

    /// A neighbour that is known without asking (ARP).
    public static func addNeighbour(_ address: IPv4Address, hardwareAddress: [UInt8], index: Int32) -> NetlinkMessage {
        let permanent: UInt16 = 0x80
        var message = NetlinkMessage(
            type: RouteType.newNeighbour, flags: [.create, .replace], stage: "add neighbour \(address)",
            fixed: [internetFamily, 0, 0, 0] + bytes(index) + bytes(permanent) + [0, 0])
        message.append(NeighbourAttribute.destination, address.octets)
        message.append(NeighbourAttribute.hardwareAddress, hardwareAddress)
        return message
    }

    private static func route(
        _ type: UInt16, _ flags: Flags, _ stage: String, _ subnet: IPv4Subnet?, _ index: Int32,
        _ gateway: IPv4Address?, _ source: IPv4Address?
    ) -> NetlinkMessage {
        let mainTable: UInt8 = 254
        let byAdministrator: UInt8 = 4
        let universe: UInt8 = 0
        let link: UInt8 = 253
        let unicast: UInt8 = 1
        var message = NetlinkMessage(
            type: type, flags: flags, stage: stage,
            fixed: [
                internetFamily, UInt8(subnet?.prefixLength ?? 0), 0, 0, mainTable, byAdministrator,
                gateway == nil ? link : universe, unicast,
            ] + bytes(UInt32(0)))
        if let subnet { message.append(RouteAttribute.destination, subnet.base.octets) }
        message.append(RouteAttribute.outgoingInterface, number: index)
        if let gateway { message.append(RouteAttribute.gateway, gateway.octets) }
        if let source { message.append(RouteAttribute.preferredSource, source.octets) }
        return message
    }

    /// `struct ifinfomsg`
    private static func link(index: Int32, flags: UInt32 = 0) -> [UInt8] {
        [0, 0] + bytes(UInt16(0)) + bytes(index) + bytes(flags) + bytes(flags)
    }
}

// Numbers of linux/rtnetlink.h, linux/if_link.h, linux/if_addr.h and linux/neighbour.h.

private let internetFamily: UInt8 = 2

private enum RouteType {
    static let newLink: UInt16 = 16
    static let deleteLink: UInt16 = 17
    static let getLink: UInt16 = 18
    static let newAddress: UInt16 = 20
    static let deleteAddress: UInt16 = 21
    static let newRoute: UInt16 = 24
    static let deleteRoute: UInt16 = 25
    static let newNeighbour: UInt16 = 28
}

private enum LinkAttribute {
    static let hardwareAddress: UInt16 = 1
    static let name: UInt16 = 3
    static let information: UInt16 = 18
    static let informationKind: UInt16 = 1
    static let informationData: UInt16 = 2
    static let vethPeer: UInt16 = 1
    static let familySpecific: UInt16 = 26
    static let internetConfiguration: UInt16 = 1
    static let forwarding: UInt16 = 1
    static let addressGenerationMode: UInt16 = 8
    static let namespaceDescriptor: UInt16 = 28
    static let extendedMask: UInt16 = 29
}

private enum AddressAttribute {
    static let address: UInt16 = 1
    static let local: UInt16 = 2
    static let broadcast: UInt16 = 4
    static let flags: UInt16 = 8
}

private enum RouteAttribute {
    static let destination: UInt16 = 1
    static let outgoingInterface: UInt16 = 4
    static let gateway: UInt16 = 5
    static let preferredSource: UInt16 = 7
}

private enum NeighbourAttribute {
    static let destination: UInt16 = 1
    static let hardwareAddress: UInt16 = 2
}
