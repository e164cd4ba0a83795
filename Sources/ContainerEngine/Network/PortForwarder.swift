import ContainerRuntime
import Glibc
import LinuxKernel

/// Published ports. For each there are two listeners, one on this machine and one inside the harbour (where the learner's
/// toolbox looks for `localhost`), and each connection to either is joined to one with the container, made in the harbour.
///
/// One thread waits for all descriptors.
actor PortForwarder {
    nonisolated let executor: EpollExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    nonisolated let harbour: Harbour
    /// The listeners of each owner.
    private var publications: [String: [FileDescriptor]] = [:]
    /// The address of each owner.
    private var targets: [String: IPv4Address] = [:]
    /// Sockets of the harbour's, made ahead: a client should not wait for the zygote.
    var spares: [FileDescriptor] = []
    private var isMakingSpares = false
    private let limit = OpenFileLimit.raise() / 16
    private var connections: [Int: Connection] = [:]
    private var nextConnection = 0
    var attempts: [Int: ConnectionAttempt] = [:]
    var nextAttempt = 0
    /// By listener.
    var datagramRelays: [Int32: DatagramRelay] = [:]

    /// A client that is joined to its container.
    private final class Connection {
        let owner: String
        let client: FileDescriptor
        let server: FileDescriptor
        var relay: StreamRelay

        init?(owner: String, client: FileDescriptor, server: FileDescriptor) {
            guard let relay = StreamRelay(client.number, server.number) else { return nil }
            self.owner = owner
            self.client = client
            self.server = server
            self.relay = relay
        }
    }

    init(harbour: Harbour) throws(RuntimeError) {
        self.harbour = harbour
        do {
            executor = try EpollExecutor(name: "ports")
        } catch {
            throw .system(stage: "epoll", errno: error.code, path: nil)
        }
    }

    /// See `HarbourNetwork.publish`.
    func publish(
        _ ports: [PublishedPort], owner: String, address: String
    ) async throws(RuntimeError) -> [PublishedPort] {
        guard let target = IPv4Address(address) else {
            throw .invalid(field: "address", reason: "\(address) is no IPv4 address")
        }
        var given: [PublishedPort] = []
        targets[owner] = target
        do {
            for port in ports { given.append(try await publish(port, owner: owner)) }
        } catch {
            unpublish(owner: owner)
            throw error
        }
        return given
    }

    /// Leads new connections and datagrams of a container to another of its addresses; nil for none.
    func redirect(owner: String, to address: String?) {
        guard publications[owner] != nil else { return }
        targets[owner] = address.flatMap { IPv4Address($0) }
        for listener in publications[owner] ?? [] { forgetPaths(listener.number) }
    }

    var publishesNothing: Bool { publications.isEmpty }

    func target(of owner: String) -> IPv4Address? { targets[owner] }

    func unpublish(owner: String) {
        targets[owner] = nil
        for listener in publications.removeValue(forKey: owner) ?? [] {
            executor.forget(listener.number)
            endDatagrams(listener.number)
        }
        for (id, connection) in connections where connection.owner == owner { finish(id) }
    }

    private func publish(_ port: PublishedPort, owner: String) async throws(RuntimeError) -> PublishedPort {
        guard let wanted = SocketEnd(port.hostAddress, port: port.hostPort) else {
            throw .invalid(field: "publishedPorts", reason: "\(port.hostAddress) is no IP address")
        }
        let isStream = port.transport == .tcp
        let type = Int32((isStream ? SOCK_STREAM : SOCK_DGRAM).rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let outside: FileDescriptor
        do {
            outside = FileDescriptor(
                owning: try checked { Glibc.socket(wanted.family, type | Int32(SOCK_CLOEXEC.rawValue), 0) })
        } catch {
            throw .system(stage: "socket", errno: error.code, path: nil)
        }
        var given = port
        given.hostPort = try listen(outside.number, wanted, isStream)
        try serve(outside, port, owner)

        let inside = FileDescriptor(
            owning: try await harbour.makeSocket(domain: wanted.family, type: type, protocol: 0))
        // Of this machine's addresses, the harbour has the loopback only.
        let every = wanted.family == AF_INET ? "0.0.0.0" : "::"
        let address = wanted.isLoopback ? wanted.description : every
        if let end = SocketEnd(address, port: given.hostPort) { _ = try listen(inside.number, end, isStream) }
        try serve(inside, port, owner)
        if isStream { makeSpares() }
        return given
    }

    /// Binds and listens.
    /// - Returns: the port.
    private func listen(_ socket: Int32, _ end: SocketEnd, _ isStream: Bool) throws(RuntimeError) -> UInt16 {
        // A port whose last connections are still winding down is free for a new listener.
        if isStream { _ = StreamCalls.setOption(socket, SOL_SOCKET, SO_REUSEADDR, 1) }
        // `::` is every IPv6 address, and no IPv4 one: 0.0.0.0 may be somebody else's.
        if end.family == AF_INET6 { _ = StreamCalls.setOption(socket, Int32(IPPROTO_IPV6), 26, 1) }  // IPV6_V6ONLY
        var result = end.withRaw { bind(socket, $0, $1) }
        if result == 0, isStream { result = Glibc.listen(socket, 512) }
        guard result == 0 else {
            if errno == EADDRINUSE { throw .portInUse(address: end.description, port: end.port) }
            throw .system(stage: "bind \(end):\(end.port)", errno: errno, path: nil)
        }
        return SocketEnd.bound(socket)?.port ?? end.port
    }

    private func serve(_ socket: FileDescriptor, _ port: PublishedPort, _ owner: String) throws(RuntimeError) {
        publications[owner, default: []].append(socket)
        let listener = socket.number
        let containerPort = port.containerPort
        switch port.transport {
        case .tcp: try watch(listener, .readable) { $0.accept(listener, owner, containerPort) }
        case .udp: try serveDatagrams(listener, owner: owner, port: containerPort)
        }
    }

    /// Sees to it that there are sockets for the next clients.
    func makeSpares() {
        guard !isMakingSpares, spares.count < 8 else { return }
        isMakingSpares = true
        Task {
            while spares.count < 16,
                let made = try? await harbour.makeSocket(domain: AF_INET, type: Self.clientType, protocol: 0)
            {
                spares.append(FileDescriptor(owning: made))
            }
            isMakingSpares = false
        }
    }

    static let clientType = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)

    /// Calls `body` on this actor when the descriptor is ready.
    func watch(
        _ descriptor: Int32, _ events: EpollExecutor.Events,
        _ body: @escaping @Sendable (isolated PortForwarder) -> Void
    ) throws(RuntimeError) {
        do {
            try executor.watch(descriptor, events) { [weak self] in
                self?.assumeIsolated { body($0) }
            }
        } catch {
            throw .system(stage: "watch descriptor", errno: error.code, path: nil)
        }
    }

    private func accept(_ listener: Int32, _ owner: String, _ port: UInt16) {
        while true {
            let number = StreamCalls.accept(listener)
            if number < 0 { return }
            let client = FileDescriptor(owning: number)
            // Each has six descriptors; who comes last is turned away, rather than everybody.
            guard connections.count < limit else {
                StreamRelay.reset(number)
                continue
            }
            Task { await self.join(client, owner, port) }
        }
    }

    /// Connects a client that was accepted with its container; a client whose container does not answer is hung up on.
    private func join(_ client: FileDescriptor, _ owner: String, _ port: UInt16) async {
        guard let target = targets[owner], let server = try? await open(target, port, timeout: .seconds(10)) else {
            // docker's proxy hangs up; a reset says more clearly that nobody is there.
            return StreamRelay.reset(client.number)
        }
        let connection = Connection(owner: owner, client: client, server: FileDescriptor(owning: server))
        guard let connection, publications[owner] != nil else { return }
        let id = nextConnection
        nextConnection += 1
        connections[id] = connection
        let events = [.readable, .writable, .edgeTriggered] as EpollExecutor.Events
        do {
            try watch(client.number, events) { $0.pump(id) }
            try watch(server, events) { $0.pump(id) }
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
