public import ContainerRuntime
import Glibc
import LinuxKernel

/// What is said to the kernel about interfaces, addresses and routes.
extension HarbourNetwork {
    private static let loopback: Int32 = 1

    /// Makes the pair, and tells either side how to reach the other.
    func link(_ interface: Interface, _ namespace: Int32) async throws(RuntimeError) {
        let pod = try await routeSocket(namespace)
        let route = try await ready()
        try await learn(interface.subnet)
        // Nothing below waits for anybody, so attachments do not mix.
        let ours = Self.hardwareAddress(interface.gateway)
        let theirs = interface.hardwareAddress
        try addOwn(interface.gateway, route)
        try route.send([
            .addVirtualEthernet(
                name: interface.hostName, index: interface.index, hardwareAddress: ours, peerName: interface.name,
                peerIndex: interface.innerIndex, peerHardwareAddress: theirs, peerNamespace: namespace),
            .setForwarding(index: interface.index), .setNoInternet6Address(index: interface.index),
            .setLinkUp(index: interface.index),
            .addNeighbour(interface.address, hardwareAddress: theirs, index: interface.index),
            .addRoute(
                to: IPv4Subnet(address: interface.address), index: interface.index, source: interface.gateway),
        ])
        let inner = interface.innerIndex
        var messages: [NetlinkMessage] = [
            // A network's subnet is shown at the address, as docker does, though the way there is the gateway's.
            .addAddress(
                interface.address, prefixLength: interface.plan == nil ? 32 : interface.subnet.prefixLength,
                index: inner, withoutRoute: interface.plan != nil),
            .setNoInternet6Address(index: inner), .setLinkUp(index: inner),
            .addNeighbour(interface.gateway, hardwareAddress: ours, index: inner),
            .addRoute(to: IPv4Subnet(address: interface.gateway), index: inner, source: interface.address),
        ]
        if interface.plan != nil {
            messages.append(
                .addRoute(
                    to: interface.subnet, index: inner, gateway: interface.gateway, source: interface.address))
        }
        if interface.isDefault { messages.append(Self.defaultRoute(interface)) }
        try pod.send(messages)
        // The harbour's end was up first and got its carrier only now; the pod's first packets must not be lost.
        try route.send([.settleLink(index: interface.index)])
    }

    /// Takes a running sandbox's interface away.
    /// - Parameter heir: the interface that leads everywhere else from now on.
    func unlink(_ interface: Interface, heir: Interface?, _ namespace: Int32) async throws(RuntimeError) {
        let pod = try await routeSocket(namespace)
        forget(interface)
        try route?.send([.deleteLink(index: interface.index)])
        if let heir { try pod.send([Self.defaultRoute(heir)]) }
    }

    private static func defaultRoute(_ interface: Interface) -> NetlinkMessage {
        .addRoute(
            to: nil, index: interface.innerIndex, gateway: interface.gateway, source: interface.address)
    }

    private func routeSocket(_ namespace: Int32) async throws(RuntimeError) -> RouteSocket {
        RouteSocket(
            owning: try await harbour.makeSocket(
                domain: AF_NETLINK, type: Int32(SOCK_RAW.rawValue), protocol: NetlinkSocket.route, namespace: namespace)
        )
    }

    func addOwn(_ address: IPv4Address, _ route: RouteSocket) throws(RuntimeError) {
        if ownAddresses.contains(address) { return }
        try route.send([.addAddress(address, prefixLength: 32, index: Self.loopback)])
        ownAddresses.insert(address)
    }

    func removeOwn(_ address: IPv4Address) {
        guard ownAddresses.remove(address) != nil else { return }
        try? route?.send([.deleteAddress(address, prefixLength: 32, index: Self.loopback)])
    }

    /// The netlink socket of the harbour's own network namespace, which is set up when it is first needed.
    @discardableResult
    func ready() async throws(RuntimeError) -> RouteSocket {
        let preparation = preparation ?? Task { await self.setUp() }
        self.preparation = preparation
        do throws(RuntimeError) {
            try await preparation.value.get()
            guard let route else { throw RuntimeError.unavailable(reason: "the harbour has no network") }
            return route
        } catch {
            self.preparation = nil
            throw error
        }
    }

    /// Makes the harbour able to route. Done by itself before anything needs it; calling it ahead saves time later.
    public func prepare() async throws(RuntimeError) {
        try await ready()
    }

    private func setUp() async -> Result<Void, RuntimeError> {
        do throws(RuntimeError) {
            let socket = RouteSocket(
                owning: try await harbour.makeSocket(
                    domain: AF_NETLINK, type: Int32(SOCK_RAW.rawValue), protocol: NetlinkSocket.route))
            // The harbour's address, and a way to the service range, without which its own processes could not even send
            // to a service address for the packet filter to turn round.
            try socket.send([
                .setLinkUp(index: Self.loopback),
                .addAddress(Self.router, prefixLength: 32, index: Self.loopback),
                .addRoute(to: serviceSubnet, index: Self.loopback, source: Self.router),
            ])
            ownAddresses.insert(Self.router)
            route = socket
            try await openOutside(socket)
            try await resolver.serve("", address: Self.router.description, namespace: nil)
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    /// The way outside, and the rules of who may take it. A kernel without a part of it has less of it: what remains are
    /// containers that reach each other.
    private func openOutside(_ socket: RouteSocket) async throws(RuntimeError) {
        let always = ["127.0.0.0/8", "224.0.0.0/4", "255.255.255.255/32", Self.defaultSubnet]
        let inside = Set(always.compactMap { IPv4Subnet($0) } + [serviceSubnet])
        do {
            try await filter.setNetworks { $0.inside.formUnion(inside) }
        } catch {
            filterFailure = error
            return
        }
        if let subnet = IPv4Subnet(Self.defaultSubnet) {
            try socket.send([.addUnreachable(subnet)])
            knownSubnets.insert(subnet)
        }
        // Only when they are led away may packets come that are for nobody here.
        guard await leadsAway() else { return }
        try socket.send([.addLocalDefault(index: Self.loopback, source: Self.router)])
    }

    /// Has the packet filter lead what goes outside to the proxy, in the best way that this kernel has.
    private func leadsAway() async -> Bool {
        guard var ports = try? await proxy.start() else { return false }
        while true {
            let tried = ports
            if (try? await filter.setNetworks { $0.outbound = tried }) != nil { return true }
            guard ports.holds else { break }
            ports.holds = false
            await proxy.stopHolding()
        }
        try? await filter.setNetworks { $0.outbound = nil }
        return false
    }

    /// Has the kernel and the packet filter know a subnet as one of ours.
    func learn(_ subnet: IPv4Subnet) async throws(RuntimeError) {
        guard filterFailure == nil, knownSubnets.insert(subnet).inserted else { return }
        do {
            try await filter.setNetworks { $0.inside.insert(subnet) }
            if subnet.prefixLength < 32 { try route?.send([.addUnreachable(subnet)]) }
        } catch {
            knownSubnets.remove(subnet)
            throw error
        }
    }

    /// As docker does: a locally administered prefix and the address.
    static func hardwareAddress(_ address: IPv4Address) -> [UInt8] { [0x02, 0x42] + address.octets }
}

/// A netlink socket that several calls share, one after the other: it belongs to the actor that holds it.
final class RouteSocket {
    private var socket: NetlinkSocket

    init(owning descriptor: Int32) {
        socket = NetlinkSocket(owning: descriptor)
    }

    func send(_ messages: [NetlinkMessage]) throws(RuntimeError) {
        do {
            // No IPv6 in this kernel is as good as IPv6 that is switched off.
            try socket.send(messages, tolerating: [EAFNOSUPPORT])
        } catch {
            throw .system(stage: error.stage, errno: error.errno, path: nil)
        }
    }
}
