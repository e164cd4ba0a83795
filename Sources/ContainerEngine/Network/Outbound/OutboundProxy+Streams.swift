import ContainerRuntime
import Glibc
import LinuxKernel

/// TCP.
extension OutboundProxy {
    /// First packets of new connections, which the packet filter has kept back.
    func receiveOpenings() {
        guard let log = sockets?.log else { return }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(log.number, &buffer, buffer.count, 0)
            if count < 0, errno == ENOBUFS { continue }
            if count <= 0 { return }
            let packets = buffer.withUnsafeBytes {
                LoggedPacket.packets(in: UnsafeRawBufferPointer(rebasing: $0[..<count]))
            }
            for packet in packets { opening(packet) }
        }
    }

    private func opening(_ packet: [UInt8]) {
        guard let (flow, sequence) = InternetPacket.opening(packet) else { return }
        // The client asks again while it waits.
        if held[flow] != nil { return }
        let packet = InternetPacket.checksummed(packet)
        if answered[flow] != nil { return inject(packet, to: flow.destination) }
        guard held.count + answered.count + connections.count < limit else { return }
        held[flow] = Held(packet: packet, sequence: sequence, socket: nil)
        guard let target = target(of: flow) else { return refuse(flow, ECONNREFUSED) }
        connect(flow, to: target)
    }

    /// Where a flow goes on this machine's side; nil if nowhere.
    func target(of flow: Flow) -> IPv4Address? {
        if flow.destination == HostGateway.address {
            return hostGuests.contains(flow.client) || flow.client == router ? IPv4Address(value: 0x7F00_0001) : nil
        }
        // "This network" is this machine to connect(2), and the loopback is nobody else's.
        let first = flow.destination.value >> 24
        return first == 0 || first == 127 ? nil : flow.destination
    }

    private func connect(_ flow: Flow, to target: IPv4Address) {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let number = socket(AF_INET, type, 0)
        guard number >= 0 else { return refuse(flow, errno) }
        let outside = FileDescriptor(owning: number)
        held[flow]?.socket = outside
        let result = target.withSocketAddress(port: flow.port) { Glibc.connect(number, $0, $1) }
        if result == 0 { return connected(flow) }
        guard errno == EINPROGRESS else { return failed(flow, errno) }
        do {
            try watch(number, .writable) { $0.settle(flow) }
        } catch {
            return refuse(flow, EMFILE)
        }
        sweepLater()
        tunnelIfSilent(flow)
    }

    /// How long a direct way may be silent before a proxy is asked beside it: firewalls that want one drop what goes past.
    private static let patience: Duration = .milliseconds(500)

    private func tunnelIfSilent(_ flow: Flow) {
        guard let sequence = held[flow]?.sequence, let tunnel = tunnel(for: flow) else { return }
        Task {
            try? await Task.sleep(for: Self.patience)
            guard self.held[flow]?.sequence == sequence else { return }
            let made = await tunnel.open(to: flow.destination, port: flow.port)
            self.tunnelled(flow, sequence, made, orFailWith: nil)
        }
    }

    private func tunnel(for flow: Flow) -> ProxyTunnel? {
        flow.destination == HostGateway.address ? nil : tunnels.tunnel(to: flow.destination, port: flow.port)
    }

    private func settle(_ flow: Flow) {
        guard let outside = held[flow]?.socket else { return }
        executor.forget(outside.number)
        var error: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(outside.number, SOL_SOCKET, SO_ERROR, &error, &length)
        if error == 0 { connected(flow) } else { failed(flow, error) }
    }

    private func connected(_ flow: Flow) {
        guard let entry = held.removeValue(forKey: flow), let outside = entry.socket else { return }
        answered[flow] = (outside, .now)
        inject(entry.packet, to: flow.destination)
        sweepLater()
    }

    /// There is no direct way, or nobody behind it.
    private func failed(_ flow: Flow, _ error: Int32) {
        held[flow]?.socket = nil
        let hasNoWay = [ENETUNREACH, EHOSTUNREACH, ETIMEDOUT, EACCES, EPERM].contains(error)
        guard hasNoWay, let sequence = held[flow]?.sequence, let tunnel = tunnel(for: flow) else {
            return refuse(flow, error)
        }
        Task {
            let made = await tunnel.open(to: flow.destination, port: flow.port)
            self.tunnelled(flow, sequence, made, orFailWith: error)
        }
    }

    /// - Parameter error: of the direct way; nil while that may still come to something.
    private func tunnelled(
        _ flow: Flow, _ sequence: UInt32, _ socket: FileDescriptor?, orFailWith error: Int32?
    ) {
        guard let entry = held[flow], entry.sequence == sequence else { return }
        guard let socket else {
            if let error { refuse(flow, error) }
            return
        }
        if let direct = entry.socket { executor.forget(direct.number) }
        held[flow]?.socket = socket
        connected(flow)
    }

    /// Tells the client what it would have been told outside.
    private func refuse(_ flow: Flow, _ error: Int32) {
        guard let entry = held.removeValue(forKey: flow) else { return }
        let code: UInt8
        switch error {
        // It goes on asking by itself.
        case ETIMEDOUT: return
        case ENETUNREACH: code = 0
        case EHOSTUNREACH: code = 1
        case EACCES, EPERM: code = 13
        default: return inject(InternetPacket.refusal(of: flow, sequence: entry.sequence), to: flow.client)
        }
        inject(
            InternetPacket.unreachable(
                flow, code: code, protocol: InternetPacket.tcp, sequence: entry.sequence, from: router), to: flow.client
        )
    }

    // MARK: Clients

    func accept() {
        guard let listener = sockets?.listener else { return }
        while true {
            let number = StreamCalls.accept(listener.number)
            if number < 0 { return }
            let client = FileDescriptor(owning: number)
            guard let (peer, own) = StreamCalls.ends(number) else { continue }
            let flow = Flow(client: peer.0, clientPort: peer.1, destination: own.0, port: own.1)
            if let outside = answered.removeValue(forKey: flow)?.socket {
                join(client, outside, for: peer.0)
            } else if sockets?.log == nil, own.0.value >> 24 != 127, let target = target(of: flow) {
                Task { await self.connectLate(client, target, flow) }
            }
        }
    }

    /// Where connections cannot be held: a refusal outside is a reset inside.
    private func connectLate(_ client: FileDescriptor, _ target: IPv4Address, _ flow: Flow) async {
        let outside = await KernelThread.run("outbound") { () -> FileDescriptor? in
            let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            guard number >= 0 else { return nil }
            let outside = FileDescriptor(owning: number)
            guard target.withSocketAddress(port: flow.port, { Glibc.connect(number, $0, $1) }) == 0 else { return nil }
            StreamCalls.setBlocking(number, false)
            return outside
        }
        guard let outside else { return StreamRelay.reset(client.number) }
        join(client, outside, for: flow.client)
    }
}
