import ContainerRuntime
import DNS
import Glibc
import LinuxKernel

/// The resolver of containers: at 127.0.0.11 in every sandbox of a network that people made, by sockets that were made
/// in its network namespace, and at the default bridge's gateway for all the others. One thread serves them all.
actor ContainerResolver {
    nonisolated let executor: EpollExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    static let address = "127.0.0.11"

    /// Where queries arrive: the sockets of one sandbox.
    final class Station {
        let datagrams: FileDescriptor
        let streams: FileDescriptor
        /// Ids of the networks that its sandbox is in.
        var networks: [String] = []
        var forwards = true

        init(datagrams: FileDescriptor, streams: FileDescriptor) {
            self.datagrams = datagrams
            self.streams = streams
        }
    }

    enum Client: Sendable {
        case datagram(station: String, SocketAddress)
        case stream(Int32, number: Int64)
    }

    /// Others who are asked.
    enum Way: Hashable, Sendable {
        /// This machine's resolvers.
        case outside
        /// Whom one sandbox has chosen instead, from inside of it.
        case station(String)
        /// Who looks after `delegated`.
        case delegate
    }

    private let harbour: Harbour
    var zone = ContainerZone()
    var stations: [String: Station] = [:]
    private var ways: [Way: UpstreamQueries<Client>] = [:]
    /// Those of `ways` that are not this process's own.
    private var waySockets: [Way: FileDescriptor] = [:]
    private var delegated: [[String]] = []
    var connections: [Int32: (station: String, socket: FileDescriptor, queries: DNSConnection)] = [:]
    private var timer: Task<Void, Never>?
    private var rotation = 0

    init(harbour: Harbour, resolvers: [SocketAddress]) throws(RuntimeError) {
        self.harbour = harbour
        if !resolvers.isEmpty { ways[.outside] = UpstreamQueries(resolvers: resolvers) }
        do {
            executor = try EpollExecutor(name: "names")
        } catch {
            throw .system(stage: "epoll", errno: error.code, path: nil)
        }
    }

    deinit {
        timer?.cancel()
        ways[.outside]?.close()
    }

    /// Has `server` be asked about names in `domains`, by a datagram socket of the harbour.
    func delegate(_ domains: [String], to server: SocketAddress, by socket: FileDescriptor) {
        delegated = domains.map { $0.split(separator: ".").map(String.init) }
        open(.delegate, [server], socket)
    }

    private func open(_ way: Way, _ servers: [SocketAddress], _ socket: FileDescriptor) {
        close(way)
        ways[way] = UpstreamQueries(resolvers: servers, socket: socket.number)
        waySockets[way] = socket
    }

    private func close(_ way: Way) {
        ways[way] = nil
        if let socket = waySockets.removeValue(forKey: way) { executor.forget(socket.number) }
    }

    // MARK: Stations

    /// Serves port 53 of `address` in a network namespace (nil: the harbour's), if it does not yet.
    /// - Parameter servers: who is asked about names outside, from inside of that namespace; none for whom this machine asks.
    func serve(
        _ name: String, address: String, namespace: Int32?, asking servers: [SocketAddress] = []
    ) async throws(RuntimeError) {
        if stations[name] != nil { return }
        guard let ip = IPv4Address(address) else { return }
        let (datagrams, streams) = try await sockets(ip, namespace)
        let questions =
            servers.isEmpty
            ? nil
            : FileDescriptor(
                owning: try await harbour.makeSocket(
                    domain: AF_INET, type: Self.type(SOCK_DGRAM), protocol: 0, namespace: namespace))
        if stations[name] != nil { return }
        guard listen(streams.number, 16) == 0 else {
            throw .system(stage: "listen for names", errno: errno, path: nil)
        }
        stations[name] = Station(datagrams: datagrams, streams: streams)
        if let questions { open(.station(name), servers, questions) }
        try watch(datagrams.number) { $0.receiveDatagrams(name) }
        try watch(streams.number) { $0.accept(name) }
    }

    private static func type(_ type: __socket_type) -> Int32 {
        Int32(type.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    }

    /// Sockets that are asked at port 53 of an address. In a namespace of others they listen elsewhere, to where the port
    /// is led: 53 itself stays free for a server of names that the container may be.
    private func sockets(
        _ ip: IPv4Address, _ namespace: Int32?
    ) async throws(RuntimeError) -> (datagrams: FileDescriptor, streams: FileDescriptor) {
        func made(_ type: __socket_type, port: UInt16) async throws(RuntimeError) -> FileDescriptor {
            let socket = FileDescriptor(
                owning: try await harbour.makeSocket(
                    domain: AF_INET, type: Self.type(type), protocol: 0, namespace: namespace))
            var yes: Int32 = 1
            setsockopt(socket.number, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
            guard ip.withSocketAddress(port: port, { bind(socket.number, $0, $1) }) == 0 else {
                throw .system(stage: "bind resolver \(ip):\(port)", errno: errno, path: nil)
            }
            return socket
        }
        if let namespace {
            let (datagrams, streams) = (try await made(SOCK_DGRAM, port: 0), try await made(SOCK_STREAM, port: 0))
            if await isLed(ip, to: datagrams, streams, namespace) { return (datagrams, streams) }
        }
        return (try await made(SOCK_DGRAM, port: 53), try await made(SOCK_STREAM, port: 53))
    }

    /// Has port 53 lead to the sockets.
    /// - Returns: false where this kernel cannot.
    private func isLed(
        _ ip: IPv4Address, to datagrams: FileDescriptor, _ streams: FileDescriptor, _ namespace: Int32
    ) async -> Bool {
        guard let datagramPort = SocketEnd.bound(datagrams.number)?.port,
            let streamPort = SocketEnd.bound(streams.number)?.port,
            let descriptor = try? await harbour.makeSocket(
                domain: AF_NETLINK, type: Int32(SOCK_RAW.rawValue), protocol: NetlinkSocket.netfilter,
                namespace: namespace)
        else { return false }
        var socket = NetlinkSocket(owning: descriptor)
        let ports = [(UInt8(IPPROTO_UDP), datagramPort), (UInt8(IPPROTO_TCP), streamPort)]
        return (try? socket.transact(NetlinkMessage.redirection(of: ip, port: 53, to: ports))) != nil
    }

    /// Idempotent.
    func stop(_ name: String) {
        guard let station = stations.removeValue(forKey: name) else { return }
        executor.forget(station.datagrams.number)
        executor.forget(station.streams.number)
        close(.station(name))
        for (number, connection) in connections where connection.station == name { drop(number) }
    }

    /// - Parameter forwards: it may ask about names outside.
    func enter(
        _ name: String, network: String, title: String, names: [String], address: IPv4, forwards: Bool
    ) {
        zone.set(names, of: name, at: address, network: network, title: title)
        guard let station = stations[name] else { return }
        if !station.networks.contains(network) { station.networks.append(network) }
        station.forwards = forwards
    }

    func leave(_ name: String, network: String, forwards: Bool) {
        zone.remove(name, network: network)
        stations[name]?.networks.removeAll { $0 == network }
        stations[name]?.forwards = forwards
    }

    func rename(_ name: String, network: String, names: [String]) { zone.rename(names, of: name, network: network) }

    func watch(
        _ descriptor: Int32, _ body: @escaping @Sendable (isolated ContainerResolver) -> Void
    ) throws(RuntimeError) {
        do {
            try executor.watch(descriptor, .readable) { [weak self] in self?.assumeIsolated { body($0) } }
        } catch {
            throw .system(stage: "watch descriptor", errno: error.code, path: nil)
        }
    }

    // MARK: Queries

    func react(to query: [UInt8], isStream: Bool, _ name: String, _ station: Station) -> NameReaction {
        rotation &+= 1
        var sources: Set<NameReaction.Source> = []
        if station.forwards {
            if ways[.station(name)] ?? ways[.outside] != nil { sources.insert(.outside) }
            if ways[.delegate] != nil { sources.insert(.delegate) }
        }
        return NameReaction(
            to: query, isStream: isStream, zone: zone, networks: station.networks, sources: sources,
            delegated: ways[.delegate] == nil ? [] : delegated, rotation: rotation & 0xFFFF)
    }

    /// By which way a station asks.
    func way(_ source: NameReaction.Source, _ name: String) -> Way {
        if source == .delegate { return .delegate }
        return ways[.station(name)] == nil ? .outside : .station(name)
    }

    private func receiveDatagrams(_ name: String) {
        guard let station = stations[name] else { return }
        var buffer = [UInt8](repeating: 0, count: 4096)
        while let (count, from) = SocketAddress.receive(station.datagrams.number, into: &buffer) {
            let query = Array(buffer[..<count])
            switch react(to: query, isStream: false, name, station) {
            case .reply(let bytes): send(bytes, to: from, station)
            case .forward(let source): ask(query, way(source, name), for: .datagram(station: name, from))
            case .drop: break
            }
        }
    }

    private func send(_ bytes: [UInt8], to address: SocketAddress, _ station: Station) {
        _ = address.withRaw { sendto(station.datagrams.number, bytes, bytes.count, Int32(MSG_DONTWAIT), $0, $1) }
    }

    func ask(_ query: [UInt8], _ way: Way, for client: Client) {
        ways[way]?.ask(query, for: client, now: Self.milliseconds())
        if let descriptor = ways[way]?.descriptor, descriptor >= 0 {
            try? watch(descriptor) { resolver in
                var replies: [([UInt8], Client)] = []
                resolver.ways[way]?.receive { replies.append(($0, $1)) }
                for (bytes, client) in replies { resolver.deliver(bytes, to: client) }
            }
        }
        arm()
    }

    /// Wakes up when the next query has waited long enough.
    private func arm() {
        guard timer == nil, let deadline = ways.values.compactMap(\.nextDeadline).min() else { return }
        let wait = max(0, deadline - Self.milliseconds())
        timer = Task {
            do { try await Task.sleep(for: .milliseconds(wait)) } catch { return }
            self.expire()
        }
    }

    private func expire() {
        timer = nil
        var replies: [([UInt8], Client)] = []
        for way in ways.keys { ways[way]?.expire(now: Self.milliseconds()) { replies.append(($0, $1)) } }
        for (bytes, client) in replies { deliver(bytes, to: client) }
        arm()
    }

    private func deliver(_ bytes: [UInt8], to client: Client) {
        switch client {
        case .datagram(let name, let address):
            if let station = stations[name] { send(bytes, to: address, station) }
        case .stream(let descriptor, let number):
            guard connections[descriptor]?.queries.number == number else { return }
            connections[descriptor]?.queries.enqueue(bytes)
            flush(descriptor)
        }
    }

    static func milliseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
