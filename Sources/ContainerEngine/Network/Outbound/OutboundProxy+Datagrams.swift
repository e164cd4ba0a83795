import ContainerRuntime
import Glibc
import LinuxKernel

/// UDP: every flow gets a socket of this machine's, and one in the harbour that answers in the destination's name.
extension OutboundProxy {
    struct DatagramPath {
        let outside: FileDescriptor
        /// Nil until it has been made.
        var inside: FileDescriptor?
        /// Answers that wait for it.
        var waiting: [[UInt8]] = []
        var lastUse: ContinuousClock.Instant
    }

    /// More at a time push the oldest out.
    private static let pathLimit = 1024
    /// A flow that was silent for so long is forgotten (RFC 4787 asks for two minutes); a question for a name has its
    /// answer long before.
    private static let idleLimit: Duration = .seconds(120)
    private static let nameIdleLimit: Duration = .seconds(15)

    func receiveDatagrams() {
        guard let socket = sockets?.datagrams else { return }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while let (count, client, destination) = StreamCalls.receiveRedirected(socket.number, into: &buffer) {
            let flow = Flow(
                client: client.0, clientPort: client.1, destination: destination.0, port: destination.1)
            // Sent to the proxy itself.
            if flow.port == 0 || flow.destination.value >> 24 == 127 { continue }
            forward(buffer[..<count], flow)
        }
    }

    private func forward(_ datagram: ArraySlice<UInt8>, _ flow: Flow) {
        if datagramPaths[flow] == nil, !open(flow) { return }
        datagramPaths[flow]?.lastUse = .now
        guard let outside = datagramPaths[flow]?.outside else { return }
        let sent = datagram.withUnsafeBytes { send(outside.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        if sent < 0, errno == ECONNREFUSED { refuseDatagram(flow, code: 3) }
    }

    private func open(_ flow: Flow) -> Bool {
        guard let target = target(of: flow) else {
            refuseDatagram(flow, code: 3)
            return false
        }
        let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let number = socket(AF_INET, type, 0)
        guard number >= 0 else { return false }
        let outside = FileDescriptor(owning: number)
        guard target.withSocketAddress(port: flow.port, { Glibc.connect(number, $0, $1) }) == 0 else {
            refuseDatagram(flow, code: errno == EHOSTUNREACH ? 1 : errno == EACCES ? 13 : 0)
            return false
        }
        if datagramPaths.count >= Self.pathLimit,
            let oldest = datagramPaths.min(by: { $0.value.lastUse < $1.value.lastUse })
        {
            end(oldest.value, oldest.key)
        }
        do {
            try watch(number) { $0.answer(flow) }
        } catch {
            return false
        }
        datagramPaths[flow] = DatagramPath(outside: outside, lastUse: .now)
        Task { await self.makeInside(flow) }
        sweepLater()
        return true
    }

    private func makeInside(_ flow: Flow) async {
        guard let inside = try? await make(SOCK_DGRAM), datagramPaths[flow] != nil,
            StreamCalls.setOption(inside.number, SOL_SOCKET, SO_REUSEADDR, 1) == 0,
            flow.destination.withSocketAddress(port: flow.port, { Glibc.bind(inside.number, $0, $1) }) == 0,
            flow.client.withSocketAddress(port: flow.clientPort, { Glibc.connect(inside.number, $0, $1) }) == 0,
            (try? watch(inside.number, .readable) { $0.ask(flow) }) != nil
        else {
            if let path = datagramPaths[flow] { end(path, flow) }
            return
        }
        for datagram in datagramPaths[flow]?.waiting ?? [] {
            _ = send(inside.number, datagram, datagram.count, Int32(MSG_NOSIGNAL))
        }
        datagramPaths[flow]?.waiting = []
        datagramPaths[flow]?.inside = inside
    }

    /// From the client: once there is a socket for the flow, the kernel delivers there.
    private func ask(_ flow: Flow) {
        guard let path = datagramPaths[flow], let inside = path.inside else { return }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(inside.number, &buffer, buffer.count, 0)
            if count < 0 {
                // The client's port is closed: nobody waits for answers.
                if errno == ECONNREFUSED { return end(path, flow) }
                return
            }
            datagramPaths[flow]?.lastUse = .now
            if send(path.outside.number, buffer, count, Int32(MSG_NOSIGNAL)) < 0, errno == ECONNREFUSED {
                refuseDatagram(flow, code: 3)
            }
        }
    }

    /// From the outside.
    private func answer(_ flow: Flow) {
        guard let path = datagramPaths[flow] else { return }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(path.outside.number, &buffer, buffer.count, 0)
            if count < 0 {
                if errno == ECONNREFUSED {
                    refuseDatagram(flow, code: 3)
                    continue
                }
                return
            }
            datagramPaths[flow]?.lastUse = .now
            if let inside = path.inside {
                _ = send(inside.number, buffer, count, Int32(MSG_NOSIGNAL))
            } else if path.waiting.count < 16 {
                datagramPaths[flow]?.waiting.append(Array(buffer[..<count]))
            }
        }
    }

    private func refuseDatagram(_ flow: Flow, code: UInt8) {
        // Length and checksum of a datagram stand where TCP has its sequence number.
        inject(
            InternetPacket.unreachable(
                flow, code: code, protocol: InternetPacket.udp, sequence: 8 << 16,
                from: code == 3 ? flow.destination : router),
            to: flow.client)
    }

    func end(_ path: DatagramPath, _ flow: Flow) {
        executor.forget(path.outside.number)
        if let inside = path.inside { executor.forget(inside.number) }
        datagramPaths[flow] = nil
    }

    // MARK: Sweeping

    /// Looks in a moment for what nobody uses any more, as long as there is something.
    func sweepLater() {
        guard sweeper == nil else { return }
        sweeper = Task {
            do { try await Task.sleep(for: .seconds(5)) } catch { return }
            self.sweep(now: .now)
        }
    }

    func sweep(now: ContinuousClock.Instant) {
        sweeper = nil
        for (flow, path) in datagramPaths
        where now - path.lastUse > (flow.port == 53 ? Self.nameIdleLimit : Self.idleLimit) { end(path, flow) }
        // The client has gone without a word, before it was accepted.
        for (flow, entry) in answered where now - entry.since > .seconds(30) { answered[flow] = nil }
        if !datagramPaths.isEmpty || !answered.isEmpty { sweepLater() }
    }
}
