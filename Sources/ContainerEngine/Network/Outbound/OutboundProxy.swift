import ContainerRuntime
import Glibc
import LinuxKernel

/// The way from containers to the outside, without a privilege of this machine: what is sent to an address outside is led
/// to sockets in the harbour that answer in that address's name (tproxy), and goes on from sockets of this machine.
///
///     container ──SYN──▶ packet filter ──log──▶ proxy ──connect──▶ outside
///               ◀─SYN,ACK── listener ◀──the same SYN again── connected
///               ◀─RST or "unreachable"───────────────────── refused or no way
///
/// A new connection is held until the outside has answered, so that inside it looks as it would look from here. Where the
/// kernel has no packet log, it is accepted first and reset if the outside refuses.
actor OutboundProxy {
    nonisolated let executor: EpollExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    nonisolated let harbour: Harbour
    let tunnels: ProxyEnvironment
    /// The harbour's own address, in whose name it says what is out of reach.
    let router: IPv4Address

    var sockets: Sockets?
    /// Connections that are held: their first packet, and the way that is being made.
    var held: [Flow: Held] = [:]
    /// The outside has answered, and the client will be accepted in a moment.
    var answered: [Flow: (socket: FileDescriptor, since: ContinuousClock.Instant)] = [:]
    var connections: [Int: Connection] = [:]
    private var nextConnection = 0
    var datagramPaths: [Flow: DatagramPath] = [:]
    /// Whose packets to `HostGateway.address` reach this machine's loopback.
    var hostGuests: Set<IPv4Address> = []
    var sweeper: Task<Void, Never>?

    struct Sockets {
        let listener: FileDescriptor
        let datagrams: FileDescriptor
        /// Takes packets as they are.
        let raw: FileDescriptor
        /// Nil where the kernel has none.
        var log: FileDescriptor?
        let ports: NetworkRules.OutboundPorts
    }

    struct Held {
        let packet: [UInt8]
        let sequence: UInt32
        var socket: FileDescriptor?
    }

    final class Connection {
        let client: FileDescriptor
        let server: FileDescriptor
        let address: IPv4Address
        var relay: StreamRelay

        init?(client: FileDescriptor, server: FileDescriptor, address: IPv4Address) {
            guard let relay = StreamRelay(client.number, server.number) else { return nil }
            self.client = client
            self.server = server
            self.address = address
            self.relay = relay
        }
    }

    /// Connections at a time, held ones included; further ones are not answered, and try again. Each has six descriptors,
    /// and containers must not take all that this process may have.
    let limit = min(4096, OpenFileLimit.raise() / 16)

    init(harbour: Harbour, router: IPv4Address, tunnels: ProxyEnvironment) throws(RuntimeError) {
        self.harbour = harbour
        self.router = router
        self.tunnels = tunnels
        do {
            executor = try EpollExecutor(name: "outbound")
        } catch {
            throw .system(stage: "epoll", errno: error.code, path: nil)
        }
    }

    deinit { sweeper?.cancel() }

    /// Opens its ears in the harbour. Idempotent.
    /// - Returns: where packets are to be led.
    func start() async throws(RuntimeError) -> NetworkRules.OutboundPorts {
        if let sockets { return sockets.ports }
        let made = try await makeSockets()
        if let sockets { return sockets.ports }
        sockets = made
        try watch(made.listener.number) { $0.accept() }
        try watch(made.datagrams.number) { $0.receiveDatagrams() }
        if let log = made.log { try watch(log.number) { $0.receiveOpenings() } }
        return made.ports
    }

    /// Connections come without having been held: this kernel's packet filter cannot log.
    func stopHolding() {
        if let log = sockets?.log { executor.forget(log.number) }
        sockets?.log = nil
    }

    /// Lets a sandbox reach this machine's loopback at `HostGateway.address`.
    func admitToHost(_ address: IPv4Address) { hostGuests.insert(address) }

    /// Forgets what an address was allowed, and ends what it had open: it may be another container's soon.
    func forget(_ address: IPv4Address) {
        hostGuests.remove(address)
        for (flow, path) in datagramPaths where flow.client == address { end(path, flow) }
        for (id, connection) in connections where connection.address == address { finish(id) }
        answered = answered.filter { $0.key.client != address }
        for (flow, entry) in held where flow.client == address {
            if let socket = entry.socket { executor.forget(socket.number) }
            held[flow] = nil
        }
    }

    func watch(
        _ descriptor: Int32, _ events: EpollExecutor.Events = .readable,
        _ body: @escaping @Sendable (isolated OutboundProxy) -> Void
    ) throws(RuntimeError) {
        do {
            try executor.watch(descriptor, events) { [weak self] in self?.assumeIsolated { body($0) } }
        } catch {
            throw .system(stage: "watch descriptor", errno: error.code, path: nil)
        }
    }

    // MARK: Joined connections

    /// - Parameter address: the client's.
    func join(_ client: FileDescriptor, _ server: FileDescriptor, for address: IPv4Address) {
        guard let connection = Connection(client: client, server: server, address: address) else { return }
        let id = nextConnection
        nextConnection += 1
        connections[id] = connection
        let events = [.readable, .writable, .edgeTriggered] as EpollExecutor.Events
        do throws(RuntimeError) {
            try watch(client.number, events) { $0.pump(id) }
            try watch(server.number, events) { $0.pump(id) }
        } catch {
            finish(id)
        }
    }

    private func pump(_ id: Int) {
        guard let connection = connections[id] else { return }
        switch connection.relay.pump() {
        case .waiting: break
        case .more: Task { self.pump(id) }
        case .finished: finish(id)
        }
    }

    private func finish(_ id: Int) {
        guard let connection = connections.removeValue(forKey: id) else { return }
        executor.forget(connection.client.number)
        executor.forget(connection.server.number)
    }
}
