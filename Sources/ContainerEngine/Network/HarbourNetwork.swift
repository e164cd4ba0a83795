public import ContainerRuntime
import Glibc
public import LinuxKernel

/// The network of all sandboxes: every one has a veth pair to the harbour, which routes between them. There is no bridge:
/// each pod has a /32 and its subnet's gateway as the next hop, the harbour has a route for each pod. A packet from
/// pod to pod therefore passes the harbour's packet filter with the client's address still in it.
///
/// Its netlink calls take the kernel's one lock for network devices, so they run on a thread of their own.
public actor HarbourNetwork: NetworkPlumber, ThreadActor {
    public nonisolated let executor = ThreadExecutor(name: "network")
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private nonisolated let harbour: Harbour
    private nonisolated let filter: PacketFilter
    private nonisolated let forwarder: PortForwarder
    private let serviceSubnet: IPv4Subnet

    private var route: RouteSocket?
    private var allocators: [IPv4Subnet: AddressAllocator] = [:]
    private var attachments: [String: Attachment] = [:]
    private var ownAddresses: Set<IPv4Address> = []
    /// Interface numbers are never used twice: a removed pod's pair lives on for a moment.
    private var nextIndex: Int32 = 100

    private static let loopback: Int32 = 1
    /// docker's default bridge; its gateway is the address the harbour speaks with.
    static let defaultSubnet = "172.17.0.0/16"

    private struct Attachment {
        var address: IPv4Address
        var subnet: IPv4Subnet
        var index: Int32
    }

    /// - Parameters:
    ///   - packetFilter: the path of the program kijabi-packetfilter; it is started when services are first set.
    ///   - serviceSubnet: the range of service addresses; what nobody serves there is refused.
    public init(
        harbour: Harbour, packetFilter: String, serviceSubnet: String = "10.96.0.0/12"
    ) throws(RuntimeError) {
        guard let subnet = IPv4Subnet(serviceSubnet) else {
            throw .invalid(field: "serviceSubnet", reason: "\(serviceSubnet) is no subnet")
        }
        self.harbour = harbour
        self.serviceSubnet = subnet
        filter = PacketFilter(harbour: harbour, program: packetFilter, serviceSubnet: subnet)
        forwarder = try PortForwarder(harbour: harbour)
    }

    /// Gives a sandbox an interface `eth0` with an address of `subnet` (CIDR).
    /// - Parameters:
    ///   - sandbox: its id; to be given to `detach`.
    ///   - namespace: a descriptor of its network namespace, whose loopback is up. The caller keeps it.
    ///   - address: the wanted address, or nil for the next free one.
    /// - Throws: `.invalid` for a bad or taken address or an exhausted subnet, `.system`.
    public func attach(
        sandbox: String, namespace: Int32, subnet subnetText: String, address wanted: String?
    ) async throws(RuntimeError) -> String {
        guard let subnet = IPv4Subnet(subnetText), subnet.prefixLength <= 30 else {
            throw .invalid(field: "network", reason: "\(subnetText) is no subnet for pods")
        }
        let address = try take(wanted, of: subnet)
        let index = nextIndex
        nextIndex += 1
        attachments[sandbox] = Attachment(address: address, subnet: subnet, index: index)
        do {
            try await connect(address, subnet[1], index, namespace)
        } catch {
            detach(sandbox: sandbox)
            // Half a connection would hold the interface's name against the next attempt in this namespace.
            try? route?.send([.deleteLink(index: index)])
            throw error
        }
        return address.description
    }

    /// Takes the sandbox off the network and releases its address. Its end of the pair, and with it the harbour's,
    /// goes when its last process and descriptor do: removing a device is slow, forgetting a route is not. Idempotent.
    public func detach(sandbox: String) {
        guard let attachment = attachments.removeValue(forKey: sandbox) else { return }
        allocators[attachment.subnet]?.release(attachment.address)
        do {
            try route?.send([.deleteRoute(to: IPv4Subnet(address: attachment.address), index: attachment.index)])
        } catch {
            // There was none: the attachment was not finished.
        }
    }

    // MARK: Published ports

    /// Listens on this machine and in the harbour for each port, and forwards to `address`. All or none.
    /// - Parameter owner: the container's id; to be given to `unpublish`.
    /// - Returns: the ports with the host ports that were given.
    /// - Throws: `.portInUse`, `.system`.
    public nonisolated func publish(
        _ ports: [PublishedPort], owner: String, address: String
    ) async throws(RuntimeError) -> [PublishedPort] {
        try await forwarder.publish(ports, owner: owner, address: address)
    }

    /// Closes the listeners and the connections of a container. Idempotent.
    public nonisolated func unpublish(owner: String) async {
        await forwarder.unpublish(owner: owner)
    }

    // MARK: Netlink

    private func take(_ wanted: String?, of subnet: IPv4Subnet) throws(RuntimeError) -> IPv4Address {
        var allocator = allocators[subnet] ?? AddressAllocator(subnet: subnet)
        defer { allocators[subnet] = allocator }
        guard let wanted else {
            if let address = allocator.allocate() { return address }
            throw .invalid(field: "network", reason: "no free address in \(subnet)")
        }
        guard let address = IPv4Address(wanted), allocator.reserve(address) else {
            throw .invalid(field: "address", reason: "\(wanted) is taken or not an address of \(subnet)")
        }
        return address
    }

    private func connect(
        _ address: IPv4Address, _ gateway: IPv4Address, _ index: Int32, _ namespace: Int32
    ) async throws(RuntimeError) {
        let podIndex: Int32 = 2
        let ours = Self.hardwareAddress(gateway)
        let theirs = Self.hardwareAddress(address)
        let pod = RouteSocket(
            owning: try await harbour.makeSocket(
                domain: AF_NETLINK, type: Int32(SOCK_RAW.rawValue), protocol: NetlinkSocket.route, namespace: namespace)
        )
        let route = try await ready()
        // Nothing below waits for anybody, so attachments do not mix.
        try addOwn(gateway, route)
        try route.send([
            .addVirtualEthernet(
                name: "veth\(index)", index: index, hardwareAddress: ours, peerName: "eth0", peerIndex: podIndex,
                peerHardwareAddress: theirs, peerNamespace: namespace),
            .setForwarding(index: index), .setNoInternet6Address(index: index), .setLinkUp(index: index),
            .addNeighbour(address, hardwareAddress: theirs, index: index),
            .addRoute(to: IPv4Subnet(address: address), index: index, source: gateway),
        ])
        try pod.send([
            .addAddress(address, prefixLength: 32, index: podIndex), .setNoInternet6Address(index: podIndex),
            .setLinkUp(index: podIndex),
            .addNeighbour(gateway, hardwareAddress: ours, index: podIndex),
            .addRoute(to: IPv4Subnet(address: gateway), index: podIndex, source: address),
            .addRoute(to: nil, index: podIndex, gateway: gateway, source: address),
        ])
        // The harbour's end was up first and got its carrier only now; the pod's first packets must not be lost.
        try route.send([.settleLink(index: index)])
    }

    private func addOwn(_ address: IPv4Address, _ route: RouteSocket) throws(RuntimeError) {
        if ownAddresses.contains(address) { return }
        try route.send([.addAddress(address, prefixLength: 32, index: Self.loopback)])
        ownAddresses.insert(address)
    }

    /// The netlink socket of the harbour's own network namespace, which is set up when it is first needed.
    private func ready() async throws(RuntimeError) -> RouteSocket {
        if let route { return route }
        let socket = RouteSocket(
            owning: try await harbour.makeSocket(
                domain: AF_NETLINK, type: Int32(SOCK_RAW.rawValue), protocol: NetlinkSocket.route))
        // Another call may have come here while this one waited.
        if let route { return route }
        try setUp(socket)
        route = socket
        return socket
    }

    /// Makes the harbour able to route. Done by itself before anything needs it; calling it ahead saves time later.
    public func prepare() async throws(RuntimeError) {
        _ = try await ready()
    }

    /// The harbour's address, and a way to the service range, without which its own processes could not even send to a
    /// service address for the packet filter to turn round.
    private func setUp(_ socket: RouteSocket) throws(RuntimeError) {
        guard let gateway = IPv4Subnet(Self.defaultSubnet)?[1] else { return }
        ownAddresses.insert(gateway)
        try socket.send([
            .setLinkUp(index: Self.loopback), .addAddress(gateway, prefixLength: 32, index: Self.loopback),
            .addRoute(to: serviceSubnet, index: Self.loopback, source: gateway),
        ])
    }

    /// As docker does: a locally administered prefix and the address.
    private static func hardwareAddress(_ address: IPv4Address) -> [UInt8] { [0x02, 0x42] + address.octets }
}

// MARK: PodNetwork

extension HarbourNetwork {
    public nonisolated func socket(domain: Int32, type: Int32, protocol: Int32) async throws(RuntimeError) -> Int32 {
        try await harbour.makeSocket(domain: domain, type: type, protocol: `protocol`)
    }

    public nonisolated func connect(address: String, port: UInt16, timeout: Duration) async throws(RuntimeError)
        -> Int32
    {
        try await forwarder.connect(address: address, port: port, timeout: timeout)
    }

    public func addAddress(_ text: String) async throws(RuntimeError) {
        guard let address = IPv4Address(text) else {
            throw .invalid(field: "address", reason: "\(text) is no IPv4 address")
        }
        try addOwn(address, try await ready())
    }

    public nonisolated func setServices(_ services: [VirtualService]) async throws(RuntimeError) {
        try await prepare()
        try await filter.setServices(services)
    }
}

/// A netlink socket that several calls share, one after the other: it belongs to the actor that holds it.
private final class RouteSocket {
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
