import ContainerRuntime
import DNS
import Glibc
import LinuxKernel
import Testing

@testable import ContainerEngine

/// The way outside, to servers of the test's own on this machine's loopback, which containers reach by host-gateway.
@Suite struct OutboundTests {
    private static let gateway: @Sendable (inout ContainerConfiguration) -> Void = {
        $0.sandbox?.hosts = [(address: "host-gateway", names: ["host.docker.internal"])]
    }

    @Test("TCP goes out and back; a refusal outside is a refusal inside, at once")
    func streams() async throws {
        let house = try await NetworkedEngine()
        let server = try HostServer(SOCK_STREAM, answer: "from outside")
        let box = try await house.box("box", in: [NetworkAttachment("bridge")], change: Self.gateway)
        #expect(try await house.shell(box, "grep host.docker /etc/hosts") == "192.168.65.254\thost.docker.internal")
        for _ in 0..<20 {
            let text = try await house.shell(box, "busybox nc -w 5 host.docker.internal \(server.port) </dev/null")
            #expect(text == "from outside")
        }
        let closed = FileDescriptor(owning: socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        let loopback = IPv4Address(value: 0x7F00_0001)
        try #require(loopback.withSocketAddress(port: 0) { bind(closed.number, $0, $1) } == 0)
        let port = try #require(SocketEnd.bound(closed.number)?.port)
        let refused = try await house.shell(box, "busybox nc -w 5 host.docker.internal \(port) </dev/null")
        #expect(refused.hasSuffix("Connection refused"))
        await house.engine.shutdown()
    }

    @Test("This machine's loopback is nobody's who was not given it")
    func hostIsClosed() async throws {
        let house = try await NetworkedEngine()
        let server = try HostServer(SOCK_STREAM, answer: "from outside")
        let guest = try await house.box("guest", in: [NetworkAttachment("bridge")], change: Self.gateway)
        let other = try await house.box("other", in: [NetworkAttachment("bridge")])
        let command = "busybox nc -w 5 \(HostGateway.text) \(server.port) </dev/null"
        #expect(try await house.shell(other, command).hasSuffix("Connection refused"))
        #expect(try await house.shell(guest, command) == "from outside")
        // The next who gets that address does not inherit the right.
        try await house.engine.removeContainer(guest, force: true)
        #expect(try await house.shell(other, command).hasSuffix("Connection refused"))
        // Not by forging an address of this machine's, either.
        for address in ["127.0.0.1", "0.0.0.0"] {
            let text = try await house.shell(other, "busybox nc -w 2 \(address) \(server.port) </dev/null")
            #expect(!text.contains("from outside"), "\(address)")
        }
        await house.engine.shutdown()
    }

    @Test("UDP goes out and back, and clients keep apart")
    func datagrams() async throws {
        let house = try await NetworkedEngine()
        let server = try HostServer(SOCK_DGRAM, answer: "to ")
        let namespace = try await house.box("box", in: [NetworkAttachment("bridge")], change: Self.gateway)
        let sandbox = try await house.engine.containerStatus(namespace).sandboxID
        for number in 0..<4 {
            let socket = try await house.engine.socket(SOCK_DGRAM, inside: sandbox).withTimeout()
            #expect(await socket.connect(HostGateway.text, server.port) == 0)
            for round in 0..<3 {
                socket.write("\(number).\(round)")
                #expect(await socket.readText() == "to \(number).\(round)")
            }
        }
        // A closed port is told, as this machine's kernel tells it.
        let port: UInt16 = try {
            let closed = FileDescriptor(owning: Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0))
            let loopback = IPv4Address(value: 0x7F00_0001)
            try #require(loopback.withSocketAddress(port: 0) { bind(closed.number, $0, $1) } == 0)
            return try #require(SocketEnd.bound(closed.number)?.port)
        }()
        let socket = try await house.engine.socket(SOCK_DGRAM, inside: sandbox).withTimeout()
        #expect(await socket.connect(HostGateway.text, port) == 0)
        socket.write("anybody?")
        var buffer = [UInt8](repeating: 0, count: 16)
        #expect(recv(socket.number, &buffer, buffer.count, 0) == -1)
        #expect(errno == ECONNREFUSED)
        await house.engine.shutdown()
    }

    @Test("An internal network has no way outside, but its names")
    func internalNetwork() async throws {
        let house = try await NetworkedEngine(resolvers: ["127.0.0.1:9"])
        try await house.network("vault") { $0.isInternal = true }
        let server = try HostServer(SOCK_STREAM, answer: "from outside")
        let box = try await house.box("box", in: [NetworkAttachment("vault")], change: Self.gateway)
        let other = try await house.box("other", in: [NetworkAttachment("vault")])
        let text = try await house.shell(box, "busybox nc -w 5 \(HostGateway.text) \(server.port) </dev/null")
        #expect(text.hasSuffix("Network is unreachable"))
        #expect(try await house.shell(box, "busybox nslookup -type=a example.com").contains("NXDOMAIN"))
        #expect(try await house.shell(box, "busybox ping -c 1 -W 2 other").contains(" 0% packet loss"))
        // Nor by a route of its own making.
        let forced = try await house.start(
            nil, ["sleep", "1d"], .networks([NetworkAttachment("vault")]),
            change: {
                $0.addedCapabilities = ["NET_ADMIN"]
                Self.gateway(&$0)
            })
        let tried = try await house.shell(
            forced,
            "ip route add default via 172.18.0.1; busybox nc -w 1 \(HostGateway.text) \(server.port) </dev/null")
        #expect(!tried.contains("from outside"))
        #expect(try await house.shell(other, "ip route | grep -c default") == "0")
        await house.engine.shutdown()
    }

    @Test("Names outside are asked of this machine's resolver, over UDP and TCP, from the bridge and from networks")
    func names() async throws {
        let resolver = try TestResolver()
        let house = try await NetworkedEngine(resolvers: ["127.0.0.1:\(resolver.port)"])
        try await house.network("sea")
        for network in ["bridge", "sea"] {
            let box = try await house.box(network, in: [NetworkAttachment(network)])
            let text = try await house.shell(box, "busybox nslookup -type=a ship.example.com")
            #expect(text.contains("Address: 192.0.2.77"), "\(text)")
        }
        await house.engine.shutdown()
    }

    @Test("A proxy is asked for the connection, and its refusal is a refusal")
    func tunnel() async throws {
        let server = try HostServer(SOCK_STREAM, answer: "HTTP/1.1 200 Connection established\r\n\r\nhello")
        let tunnel = try #require(ProxyTunnel("http://127.0.0.1:\(server.port)"))
        let socket = try #require(await tunnel.open(to: IPv4Address(value: 0xC000_0201), port: 443))
        StreamCalls.setBlocking(socket.number, true)
        #expect(await socket.withTimeout().readText() == "hello")
        let refusing = try HostServer(SOCK_STREAM, answer: "HTTP/1.1 403 Forbidden\r\n\r\n")
        let closed = try #require(ProxyTunnel("http://127.0.0.1:\(refusing.port)"))
        #expect(await closed.open(to: IPv4Address(value: 0xC000_0201), port: 443) == nil)
    }
}

extension ContainerEngine {
    /// A socket inside a sandbox's network namespace.
    func socket(_ type: __socket_type, inside sandbox: String) async throws -> FileDescriptor {
        let namespace = try #require(sandboxesByID[sandbox]?.network)
        return FileDescriptor(
            owning: try await harbour.makeSocket(
                domain: AF_INET, type: Int32(type.rawValue), protocol: 0, namespace: namespace.number))
    }
}

/// A resolver of the test's own: every name is at 192.0.2.77.
private struct TestResolver: Sendable {
    let port: UInt16

    init() throws {
        let socket = FileDescriptor(owning: Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0))
        try #require(IPv4Address(value: 0x7F00_0001).withSocketAddress(port: 0) { bind(socket.number, $0, $1) } == 0)
        port = try #require(SocketEnd.bound(socket.number)?.port)
        KernelThread.start("test-resolver") {
            var buffer = [UInt8](repeating: 0, count: 2048)
            while let (count, from) = SocketEnd.receive(socket.number, into: &buffer) {
                guard let query = try? DNSMessage(parsing: Array(buffer[..<count])),
                    let question = query.questions.first
                else { continue }
                var reply = DNSMessage(id: query.id)
                reply.isResponse = true
                reply.questions = [question]
                reply.answers = [.init(question.name, ttl: 5, .a(IPv4(0xC000_024D)))]
                let bytes = reply.encoded()
                _ = from.withRaw { sendto(socket.number, bytes, bytes.count, 0, $0, $1) }
            }
        }
    }
}
