import ContainerRuntime
import Glibc
import LinuxKernel

/// A published UDP port: every client (an address and a port) gets a socket of its own towards the container, so that the
/// container tells clients apart and answers find their way back.
struct DatagramRelay {
    typealias Client = SocketEnd

    /// A client's way to the container.
    struct Path {
        /// Nil until it has been made; datagrams wait meanwhile.
        var socket: FileDescriptor?
        var waiting: [[UInt8]] = []
        var lastUse: ContinuousClock.Instant
    }

    let owner: String
    let port: UInt16
    var paths: [Client: Path] = [:]

    /// As docker's proxy: a client that said nothing for so long is forgotten.
    static let idleLimit: Duration = .seconds(90)
    /// Datagrams that wait for a path; further ones are lost, as datagrams may be.
    static let waitingLimit = 16
    /// The largest UDP datagram.
    static let datagramLimit = 65535
}

extension PortForwarder {
    func serveDatagrams(_ listener: Int32, owner: String, port: UInt16) throws(RuntimeError) {
        datagramRelays[listener] = DatagramRelay(owner: owner, port: port)
        try watch(listener, .readable) { $0.receiveFromClients(listener) }
    }

    func endDatagrams(_ listener: Int32) {
        for path in datagramRelays.removeValue(forKey: listener)?.paths.values.map(\.self) ?? [] {
            if let socket = path.socket { executor.forget(socket.number) }
        }
    }

    /// Has every client get a new way.
    func forgetPaths(_ listener: Int32) {
        for path in datagramRelays[listener]?.paths.values.map(\.self) ?? [] {
            if let socket = path.socket { executor.forget(socket.number) }
        }
        datagramRelays[listener]?.paths = [:]
    }

    private func receiveFromClients(_ listener: Int32) {
        var buffer = [UInt8](repeating: 0, count: DatagramRelay.datagramLimit)
        while let (count, client) = SocketEnd.receive(listener, into: &buffer) {
            forward(Array(buffer[..<count]), from: client, listener)
        }
    }

    private func forward(_ datagram: [UInt8], from client: DatagramRelay.Client, _ listener: Int32) {
        let now = ContinuousClock.now
        guard var path = datagramRelays[listener]?.paths[client] else {
            sweep(listener, now)
            datagramRelays[listener]?.paths[client] = DatagramRelay.Path(waiting: [datagram], lastUse: now)
            Task { await self.makePath(for: client, listener) }
            return
        }
        path.lastUse = now
        if let socket = path.socket {
            _ = send(socket.number, datagram, datagram.count, Int32(MSG_NOSIGNAL))
        } else if path.waiting.count < DatagramRelay.waitingLimit {
            path.waiting.append(datagram)
        }
        datagramRelays[listener]?.paths[client] = path
    }

    private func makePath(for client: DatagramRelay.Client, _ listener: Int32) async {
        let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let made = try? await harbour.makeSocket(domain: AF_INET, type: type, protocol: 0)
        let socket = made.map { FileDescriptor(owning: $0) }
        guard let relay = datagramRelays[listener], var path = relay.paths[client], let socket,
            let target = target(of: relay.owner),
            target.withSocketAddress(port: relay.port, { Glibc.connect(socket.number, $0, $1) }) == 0,
            (try? watch(socket.number, .readable) { $0.answer(client, listener) }) != nil
        else {
            datagramRelays[listener]?.paths[client] = nil
            return
        }
        for datagram in path.waiting { _ = send(socket.number, datagram, datagram.count, Int32(MSG_NOSIGNAL)) }
        path.waiting = []
        path.socket = socket
        datagramRelays[listener]?.paths[client] = path
    }

    private func answer(_ client: DatagramRelay.Client, _ listener: Int32) {
        guard let socket = datagramRelays[listener]?.paths[client]?.socket else { return }
        var buffer = [UInt8](repeating: 0, count: DatagramRelay.datagramLimit)
        while true {
            let count = recv(socket.number, &buffer, buffer.count, 0)
            // ECONNREFUSED tells that an earlier datagram met a closed port: the client learns it by silence.
            if count < 0 { return }
            datagramRelays[listener]?.paths[client]?.lastUse = ContinuousClock.now
            _ = client.withRaw { sendto(listener, buffer, count, Int32(MSG_NOSIGNAL), $0, $1) }
        }
    }

    private func sweep(_ listener: Int32, _ now: ContinuousClock.Instant) {
        for (client, path) in datagramRelays[listener]?.paths ?? [:] {
            guard let socket = path.socket, now - path.lastUse > DatagramRelay.idleLimit else { continue }
            executor.forget(socket.number)
            datagramRelays[listener]?.paths[client] = nil
        }
    }
}
