import ContainerRuntime
import Glibc
import LinuxKernel
import Testing

@testable import ContainerEngine

/// What travels through a published port besides bytes: ends, resets, patience.
@Suite struct PublishedTrafficTests {
    /// A published port and a server behind it, which the test is itself.
    private struct Line {
        let bed: NetworkBed
        let port: UInt16
        private let listener: FileDescriptor

        init(hostAddress: String = "127.0.0.1") async throws {
            bed = try await NetworkBed()
            let pod = try await bed.pod(1, subnet: HarbourNetwork.defaultSubnet)
            let listener = try await pod.socket()
            let bound = IPv4Address(value: 0).withSocketAddress(port: 80) { bind(listener.number, $0, $1) }
            try #require(bound == 0 && listen(listener.number, 512) == 0)
            self.listener = listener
            let ports = try await bed.network.publish(
                [PublishedPort(hostAddress: hostAddress, hostPort: 0, containerPort: 80)], owner: "c",
                address: pod.address)
            port = try #require(ports.first?.hostPort)
        }

        func connect() async throws -> FileDescriptor {
            let client = FileDescriptor(owning: socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)).withTimeout()
            try #require(await client.connect("127.0.0.1", port) == 0)
            return client
        }

        func accept() async throws -> FileDescriptor {
            let listener = listener
            let number = await KernelThread.run("test-accept") { Glibc.accept(listener.number, nil, nil) }
            try #require(number >= 0)
            return FileDescriptor(owning: number).withTimeout()
        }

        /// The two ends of a connection, over which a word has gone each way.
        func pair() async throws -> (client: FileDescriptor, server: FileDescriptor) {
            let client = try await connect()
            let server = try await accept()
            client.write("a")
            #expect(await server.readText() == "a")
            server.write("b")
            #expect(await client.readText() == "b")
            return (client, server)
        }
    }

    private static let reset = String(cString: strerror(ECONNRESET))

    @Test("A reset of either side reaches the other as a reset", arguments: [true, false])
    func resets(byClient: Bool) async throws {
        let line = try await Line()
        var (one, other) = try await line.pair()
        if !byClient { swap(&one, &other) }
        StreamRelay.reset(one.number)
        one = other
        #expect(await other.readText() == Self.reset)
    }

    @Test("A reset after the end of a side's own words reaches the other too", arguments: [true, false])
    func resetBehindTheEnd(byClient: Bool) async throws {
        let line = try await Line()
        var (one, other) = try await line.pair()
        if !byClient { swap(&one, &other) }
        shutdown(one.number, Int32(SHUT_WR))
        #expect(await other.readText() == "")
        StreamRelay.reset(one.number)
        one = other
        // The end has been read; what comes behind it is an error of the socket.
        let number = other.number
        let events = await KernelThread.run("test-poll") {
            var watched = pollfd(fd: number, events: 0, revents: 0)
            _ = poll(&watched, 1, 5000)
            return watched.revents
        }
        #expect(events & Int16(POLLERR) != 0)
    }

    @Test("One side's end is told, and the other may go on talking", arguments: [true, false])
    func halfClosed(byClient: Bool) async throws {
        let line = try await Line()
        var (one, other) = try await line.pair()
        if !byClient { swap(&one, &other) }
        shutdown(one.number, Int32(SHUT_WR))
        #expect(await other.readText() == "")
        for word in ["still", "here"] {
            other.write(word)
            #expect(await one.readText() == word)
        }
        shutdown(other.number, Int32(SHUT_WR))
        #expect(await one.readText() == "")
    }

    @Test("Who does not read makes the other side wait, and costs no more than the kernel's buffers")
    func slowReader() async throws {
        let line = try await Line()
        let (client, server) = try await line.pair()
        func fill() async -> Int {
            await KernelThread.run("test-writer") {
                let piece = [UInt8](repeating: 1, count: 1 << 16)
                var total = 0
                while total < 1 << 30 {
                    let count = send(
                        server.number, piece, piece.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
                    if count > 0 {
                        total += count
                        continue
                    }
                    var watched = pollfd(fd: server.number, events: Int16(POLLOUT), revents: 0)
                    if poll(&watched, 1, 500) == 0 { return total }
                }
                return total
            }
        }
        let held = await fill()
        #expect(held < 64 << 20)
        shutdown(server.number, Int32(SHUT_WR))
        let received = await KernelThread.run("test-reader") {
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            var total = 0
            while true {
                let count = read(client.number, &buffer, buffer.count)
                if count <= 0 { return total }
                total += count
            }
        }
        #expect(received == held)
    }

    @Test("Hundreds of connections at once are served, new containers' work goes on, and nothing of them stays")
    func many() async throws {
        func descriptors() -> Int { (try? DirectoryTree.names(in: "/proc/self/fd").count) ?? 0 }
        let line = try await Line()
        _ = try await line.pair()
        let before = descriptors()
        var pairs: [(client: FileDescriptor, server: FileDescriptor)] = []
        for _ in 0..<200 { pairs.append((try await line.connect(), try await line.accept())) }
        for (index, pair) in pairs.enumerated() { pair.client.write("\(index);") }
        // Accepted in whatever order: all words arrive, each once.
        var words: [String] = []
        for pair in pairs { words.append(await pair.server.readText()) }
        #expect(Set(words) == Set((0..<200).map { "\($0);" }))
        #expect(try await line.bed.pod(2, subnet: HarbourNetwork.defaultSubnet).address.isEmpty == false)
        pairs = []
        for _ in 0..<500 where descriptors() > before + 20 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(descriptors() <= before + 20)
        _ = try await line.pair()
    }

    @Test("A port is published on an IPv6 address")
    func sixthVersion() async throws {
        var end = SocketEnd("::1", port: 0)
        let probe = FileDescriptor(owning: socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0))
        guard end?.withRaw({ bind(probe.number, $0, $1) }) == 0 else {
            print("skipped: this machine has no IPv6 loopback")
            return
        }
        let line = try await Line(hostAddress: "::1")
        let client = FileDescriptor(owning: socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)).withTimeout()
        end = SocketEnd("::1", port: line.port)
        #expect(end?.withRaw { connect(client.number, $0, $1) } == 0)
        let server = try await line.accept()
        client.write("six")
        #expect(await server.readText() == "six")
        server.write("to you")
        #expect(await client.readText() == "to you")
    }

    @Test("Each UDP port of a range leads to its own")
    func datagramRange() async throws {
        let bed = try await NetworkBed()
        let pod = try await bed.pod(1, subnet: HarbourNetwork.defaultSubnet)
        for port in 5000..<UInt16(5004) { try await pod.serveDatagrams(port: port, answer: "\(port) ") }
        let ports = try await bed.network.publish(
            (5000..<5004).map {
                PublishedPort(hostAddress: "127.0.0.1", hostPort: 0, containerPort: $0, transport: .udp)
            }, owner: "c", address: pod.address)
        #expect(ports.map(\.containerPort) == [5000, 5001, 5002, 5003])
        for port in ports {
            let client = FileDescriptor(owning: socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)).withTimeout()
            #expect(await client.connect("127.0.0.1", port.hostPort) == 0)
            client.write("hello")
            #expect(await client.readText() == "\(port.containerPort) hello")
        }
    }

    @Test("With -P, what is exposed is published, each port on a free one")
    func everyExposedPort() async throws {
        let bed = try await NetworkedEngine()
        let id = try await bed.start("box", ["sleep", "1d"], .networks([NetworkAttachment("bridge")])) {
            $0.publishesAllPorts = true
            $0.exposedPorts = ["8000", "8001/tcp", "9000/udp"]
        }
        try await bed.serve(id, port: 8000, word: "eight")
        let ports = try await bed.engine.containerStatus(id).publishedPorts
        #expect(Set(ports.map(\.containerPort)) == [8000, 8001, 9000])
        #expect(Set(ports.map(\.hostPort)).count == 3 && ports.allSatisfy { $0.hostPort > 0 })
        let port = try #require(ports.first { $0.containerPort == 8000 })
        let client = FileDescriptor(owning: socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)).withTimeout()
        #expect(await client.connect("127.0.0.1", port.hostPort) == 0)
        #expect(await client.readToEnd() == "eight\n")
        await bed.engine.shutdown()
    }
}
