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
        do {
            for port in ports { given.append(try await publish(port, owner: owner, target: target)) }
        } catch {
            unpublish(owner: owner)
            throw error
        }
        return given
    }

    func unpublish(owner: String) {
        for listener in publications.removeValue(forKey: owner) ?? [] {
            executor.forget(listener.number)
            endDatagrams(listener.number)
        }
        for (id, connection) in connections where connection.owner == owner { finish(id) }
    }

    private func publish(
        _ port: PublishedPort, owner: String, target: IPv4Address
    ) async throws(RuntimeError) -> PublishedPort {
        guard let hostAddress = IPv4Address(port.hostAddress) else {
            throw .invalid(field: "publishedPorts", reason: "\(port.hostAddress) is no IPv4 address")
        }
        let isStream = port.transport == .tcp
        let type = Int32((isStream ? SOCK_STREAM : SOCK_DGRAM).rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let outside: FileDescriptor
        do {
            outside = FileDescriptor(
                owning: try checked { Glibc.socket(AF_INET, type | Int32(SOCK_CLOEXEC.rawValue), 0) })
        } catch {
            throw .system(stage: "socket", errno: error.code, path: nil)
        }
        var given = port
        given.hostPort = try listen(outside.number, hostAddress, port.hostPort, isStream)
        try serve(outside, port, owner, target)

        let inside = FileDescriptor(owning: try await harbour.makeSocket(domain: AF_INET, type: type, protocol: 0))
        // Of this machine's addresses, the harbour has the loopback only.
        let loopback = hostAddress.value >> 24 == 127
        _ = try listen(inside.number, loopback ? hostAddress : IPv4Address(value: 0), given.hostPort, isStream)
        try serve(inside, port, owner, target)
        return given
    }

    /// Binds and listens.
    /// - Returns: the port.
    private func listen(
        _ socket: Int32, _ address: IPv4Address, _ port: UInt16, _ isStream: Bool
    ) throws(RuntimeError) -> UInt16 {
        var yes: Int32 = 1
        // A port whose last connections are still winding down is free for a new listener.
        if isStream { setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size)) }
        var result = address.withSocketAddress(port: port) { bind(socket, $0, $1) }
        if result == 0, isStream { result = Glibc.listen(socket, 512) }
        guard result == 0 else {
            if errno == EADDRINUSE { throw .portInUse(address: address.description, port: port) }
            throw .system(stage: "bind \(address):\(port)", errno: errno, path: nil)
        }
        var bound = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &bound) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) }
        }
        return UInt16(bigEndian: bound.sin_port)
    }

    private func serve(
        _ socket: FileDescriptor, _ port: PublishedPort, _ owner: String, _ target: IPv4Address
    ) throws(RuntimeError) {
        publications[owner, default: []].append(socket)
        let listener = socket.number
        let containerPort = port.containerPort
        switch port.transport {
        case .tcp: try watch(listener, .readable) { $0.accept(listener, owner, target, containerPort) }
        case .udp: try serveDatagrams(listener, target: target, port: containerPort)
        }
    }

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

    private func accept(_ listener: Int32, _ owner: String, _ target: IPv4Address, _ port: UInt16) {
        while true {
            let number = StreamCalls.accept(listener)
            if number < 0 { return }
            let client = FileDescriptor(owning: number)
            Task { await self.join(client, owner, target, port) }
        }
    }

    /// Connects a client that was accepted with its container; a client whose container does not answer is hung up on.
    private func join(_ client: FileDescriptor, _ owner: String, _ target: IPv4Address, _ port: UInt16) async {
        guard let server = try? await open(target, port, timeout: .seconds(10)) else { return }
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
