import DNS
import Glibc

/// The state of a running server. Used by one thread only; `DNSServer` hands it over before the thread starts.
struct DNSServerLoop {
    enum Client: Sendable {
        case datagram(SocketAddress)
        case connection(Int32, number: Int64)
    }
    typealias Upstream = UpstreamQueries<Client>

    private let udp: Int32
    private let tcp: Int32
    private let stop: Int32
    private let responder: DNSResponder
    private let upstream: Upstream

    /// Further connections wait in the listen queue.
    private static let connectionLimit = 128
    /// RFC 7766 §6.2.3 asks for seconds, not minutes.
    private static let idleLimit: Int64 = 10_000

    init(udp: Int32, tcp: Int32, stop: Int32, responder: DNSResponder, resolvers: [SocketAddress]) {
        self.udp = udp
        self.tcp = tcp
        self.stop = stop
        self.responder = responder
        upstream = Upstream(resolvers: resolvers)
    }

    func run() {
        var connections: [Int32: DNSConnection] = [:]
        var upstream = upstream
        defer {
            for descriptor in connections.keys { close(descriptor) }
            upstream.close()
            close(udp)
            close(tcp)
            close(stop)
        }
        while true {
            var polled = [
                pollfd(fd: stop, events: Int16(POLLIN), revents: 0),
                pollfd(fd: udp, events: Int16(POLLIN), revents: 0),
                pollfd(fd: connections.count < Self.connectionLimit ? tcp : -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: upstream.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            let descriptors = Array(connections.keys)
            for descriptor in descriptors {
                let events = POLLIN | (connections[descriptor]?.hasOutput == true ? POLLOUT : 0)
                polled.append(pollfd(fd: descriptor, events: Int16(events), revents: 0))
            }
            let now = Self.milliseconds()
            let deadlines =
                connections.values.map { $0.lastUse + Self.idleLimit } + [upstream.nextDeadline].compactMap { $0 }
            let wait = deadlines.min().map { Int32(clamping: max(0, $0 - now)) } ?? -1
            if poll(&polled, nfds_t(polled.count), wait) < 0, errno != EINTR { return }
            if polled[0].revents != 0 { return }
            if polled[1].revents != 0 { serveDatagrams(&upstream) }
            if polled[2].revents != 0 { accept(into: &connections) }
            if polled[3].revents != 0 { upstream.receive { deliver($0, to: $1, &connections) } }
            for (index, descriptor) in descriptors.enumerated() where polled[index + 4].revents != 0 {
                serve(descriptor, &connections, &upstream)
            }
            let later = Self.milliseconds()
            upstream.expire(now: later) { deliver($0, to: $1, &connections) }
            for (descriptor, connection) in connections where connection.lastUse + Self.idleLimit <= later {
                close(descriptor)
                connections[descriptor] = nil
            }
        }
    }

    static func milliseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    // MARK: UDP

    private func serveDatagrams(_ upstream: inout Upstream) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while let (count, from) = SocketAddress.receive(udp, into: &buffer) {
            let query = Array(buffer[..<count])
            switch responder.react(to: query, over: .udp) {
            case .reply(let bytes): send(bytes, to: from)
            case .forward: upstream.ask(query, for: .datagram(from), now: Self.milliseconds())
            case .drop: break
            }
        }
    }

    private func send(_ bytes: [UInt8], to address: SocketAddress) {
        // A reply that cannot be sent now is lost, as any datagram may be; the client asks again.
        _ = address.withRaw { sendto(udp, bytes, bytes.count, Int32(MSG_DONTWAIT), $0, $1) }
    }

    private func deliver(
        _ bytes: [UInt8], to client: Client, _ connections: inout [Int32: DNSConnection]
    ) {
        switch client {
        case .datagram(let address): send(bytes, to: address)
        case .connection(let descriptor, let number):
            guard connections[descriptor]?.number == number else { return }
            connections[descriptor]?.enqueue(bytes)
            flush(descriptor, &connections)
        }
    }

    // MARK: TCP

    private func accept(into connections: inout [Int32: DNSConnection]) {
        while connections.count < Self.connectionLimit {
            let descriptor = Glibc.accept(tcp, nil, nil)
            guard descriptor >= 0 else { return }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
            connections[descriptor] = DNSConnection(now: Self.milliseconds())
        }
    }

    private func serve(
        _ descriptor: Int32, _ connections: inout [Int32: DNSConnection], _ upstream: inout Upstream
    ) {
        guard var connection = connections[descriptor] else { return }
        connection.lastUse = Self.milliseconds()
        var buffer = [UInt8](repeating: 0, count: 4096)
        var isOpen = true
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count > 0 {
                connection.append(buffer[..<count])
                if count == buffer.count { continue }
                break
            }
            isOpen = count < 0 && (errno == EAGAIN || errno == EINTR)
            break
        }
        while let query = connection.nextQuery() {
            switch responder.react(to: query, over: .tcp) {
            case .reply(let bytes): connection.enqueue(bytes)
            case .forward:
                upstream.ask(
                    query, for: .connection(descriptor, number: connection.number), now: Self.milliseconds())
            case .drop: isOpen = false
            }
        }
        connections[descriptor] = connection
        if isOpen {
            flush(descriptor, &connections)
        } else {
            drop(descriptor, &connections)
        }
    }

    private func flush(_ descriptor: Int32, _ connections: inout [Int32: DNSConnection]) {
        guard var connection = connections[descriptor] else { return }
        while connection.hasOutput {
            let count = connection.output.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else {
                if errno != EAGAIN, errno != EINTR { return drop(descriptor, &connections) }
                break
            }
            connection.output.removeFirst(count)
        }
        connections[descriptor] = connection
    }

    private func drop(_ descriptor: Int32, _ connections: inout [Int32: DNSConnection]) {
        guard connections.removeValue(forKey: descriptor) != nil else { return }
        close(descriptor)
    }
}
