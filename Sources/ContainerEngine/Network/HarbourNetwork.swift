public import ContainerRuntime
import DNS
import Glibc
public import LinuxKernel

/// The network of all sandboxes: every one has veth pairs to the harbour, which routes between them. There is no bridge:
/// each end has its subnet's gateway as the next hop, the harbour has a route for each address. A packet from one to
/// another therefore passes the harbour's packet filter with the client's address still in it.
///
/// Its netlink calls take the kernel's one lock for network devices, so they run on a thread of their own.
public actor HarbourNetwork: NetworkPlumber, ThreadActor {
    public nonisolated let executor = ThreadExecutor(name: "network")
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    nonisolated let harbour: Harbour
    nonisolated let filter: PacketFilter
    nonisolated let forwarder: PortForwarder
    nonisolated let resolver: ContainerResolver
    nonisolated let proxy: OutboundProxy
    let serviceSubnet: IPv4Subnet

    var route: RouteSocket?
    var allocators: [IPv4Subnet: AddressAllocator] = [:]
    /// The interfaces of each sandbox, in their order.
    var interfaces: [String: [Interface]] = [:]
    var ownAddresses: Set<IPv4Address> = []
    /// The subnets that the kernel and the packet filter know as ours.
    var knownSubnets: Set<IPv4Subnet> = []
    /// Sandboxes that may reach this machine's loopback.
    var hostGuests: Set<String> = []
    /// Whom sandboxes' resolvers ask about names outside, where it is not whom this machine asks.
    var nameServers: [String: [SocketAddress]] = [:]
    /// Why there is no packet filter: then there are no walls, and no networks that would need them.
    var filterFailure: RuntimeError?
    /// The setting up, which everybody waits for.
    var preparation: Task<Result<Void, RuntimeError>, Never>?
    /// Interface numbers are never used twice: a removed pod's pair lives on for a moment.
    private var nextIndex: Int32 = 100

    /// docker's default bridge; its gateway is the address the harbour speaks with.
    static let defaultSubnet = "172.17.0.0/16"
    /// The default bridge's gateway.
    static let router = IPv4Address(value: 0xAC11_0001)

    /// One veth pair.
    struct Interface {
        /// Nil for a Pod's.
        var plan: NetworkPlan?
        var address: IPv4Address
        var subnet: IPv4Subnet
        var gateway: IPv4Address
        /// In the harbour, and in the sandbox.
        var index: Int32
        var innerIndex: Int32
        /// It leads everywhere else.
        var isDefault: Bool
        var hardwareAddress: [UInt8]

        /// The first interface after the loopback is number 2 and called eth0.
        var name: String { "eth\(innerIndex - 2)" }
        var hostName: String { plan?.interface(index) ?? "veth\(index)" }
    }

    /// - Parameters:
    ///   - packetFilter: the path of the program kijabi-packetfilter; it is started when it is first needed.
    ///   - serviceSubnet: the range of service addresses; what nobody serves there is refused.
    ///   - proxies: for where there is no direct way outside; nil for those of this process's environment.
    ///   - resolvers: who is asked about names outside, `ADDRESS` or `ADDRESS:PORT`; nil for this machine's.
    public init(
        harbour: Harbour, packetFilter: String, serviceSubnet: String = "10.96.0.0/12",
        proxies: ProxyEnvironment? = nil, resolvers: [String]? = nil
    ) throws(RuntimeError) {
        guard let subnet = IPv4Subnet(serviceSubnet) else {
            throw .invalid(field: "serviceSubnet", reason: "\(serviceSubnet) is no subnet")
        }
        self.harbour = harbour
        self.serviceSubnet = subnet
        filter = PacketFilter(harbour: harbour, program: packetFilter, serviceSubnet: subnet)
        forwarder = try PortForwarder(harbour: harbour)
        resolver = try ContainerResolver(
            harbour: harbour,
            resolvers: resolvers.map(Self.resolvers) ?? HostResolver.addresses().map { SocketAddress($0, 53) })
        proxy = try OutboundProxy(
            harbour: harbour, router: Self.router, tunnels: proxies ?? ProxyEnvironment.current)
    }

    private static func resolvers(_ texts: [String]) -> [SocketAddress] {
        texts.compactMap { text in
            let parts = text.split(separator: ":")
            return parts.first.flatMap { IPv4($0) }.map {
                SocketAddress($0, parts.count > 1 ? UInt16(parts[1]) ?? 53 : 53)
            }
        }
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
        let interface = Interface(
            plan: nil, address: address, subnet: subnet, gateway: subnet[1], index: freshIndex(), innerIndex: 2,
            isDefault: true, hardwareAddress: Self.hardwareAddress(address))
        try await attach(interface, sandbox: sandbox, namespace: namespace)
        return address.description
    }

    /// Connects one interface, of which nothing stays if that fails.
    func attach(_ interface: Interface, sandbox: String, namespace: Int32) async throws(RuntimeError) {
        interfaces[sandbox, default: []].append(interface)
        do {
            try await link(interface, namespace)
        } catch {
            interfaces[sandbox]?.removeAll { $0.index == interface.index }
            forget(interface)
            // Half a connection would hold the interface's name against the next attempt in this namespace.
            try? route?.send([.deleteLink(index: interface.index)])
            throw error
        }
    }

    /// Takes the sandbox off the network and releases its addresses. Its ends of the pairs, and with them the harbour's,
    /// go when its last process and descriptor do: removing a device is slow, forgetting a route is not. Idempotent.
    public func detach(sandbox: String) async {
        let gone = interfaces.removeValue(forKey: sandbox) ?? []
        for interface in gone { forget(interface) }
        hostGuests.remove(sandbox)
        nameServers[sandbox] = nil
        // Awaited: the sandbox may be connected again at once, under the same name.
        let networks = gone.compactMap(\.plan).filter(\.resolvesNames)
        for network in networks { await resolver.leave(sandbox, network: network.id, forwards: false) }
        if !networks.isEmpty { await resolver.stop(sandbox) }
        for interface in gone { await proxy.forget(interface.address) }
    }

    func forget(_ interface: Interface) {
        allocators[interface.subnet]?.release(interface.address)
        do {
            try route?.send([.deleteRoute(to: IPv4Subnet(address: interface.address), index: interface.index)])
        } catch {
            // There was none: the attachment was not finished.
        }
    }

    func freshIndex() -> Int32 {
        defer { nextIndex += 1 }
        return nextIndex
    }

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

    public nonisolated func redirect(owner: String, to address: String?) async {
        await forwarder.redirect(owner: owner, to: address)
    }

    /// Closes the listeners and the connections of a container. Idempotent.
    public nonisolated func unpublish(owner: String) async {
        await forwarder.unpublish(owner: owner)
    }
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
        try await ready()
        try await learn(IPv4Subnet(address: address))
        if let route { try addOwn(address, route) }
    }

    public func delegate(domains: [String], to text: String) async throws(RuntimeError) {
        guard let server = IPv4(text) else {
            throw .invalid(field: "address", reason: "\(text) is no IPv4 address")
        }
        let socket = FileDescriptor(
            owning: try await harbour.makeSocket(
                domain: AF_INET, type: Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), protocol: 0))
        await resolver.delegate(domains, to: SocketAddress(server, 53), by: socket)
    }

    public nonisolated func setServices(_ services: [VirtualService]) async throws(RuntimeError) {
        try await prepare()
        try await filter.setServices(services)
    }
}
