import ContainerRuntime
import Glibc
import LinuxKernel
import Synchronization
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

    @Test("Where no direct way leads, the proxy of the environment is asked, but not for what NO_PROXY names")
    func proxy() async throws {
        let proxy = try TestProxy()
        let address = Self.unreachableAddress()
        func ask(_ exceptions: String) async throws -> String {
            let house = try await NetworkedEngine(proxies: [
                "https_proxy": "http://sailor:se%40@127.0.0.1:\(proxy.port)", "no_proxy": exceptions,
            ])
            let box = try await house.box("box", in: [NetworkAttachment("bridge")])
            let text = try await house.shell(box, "echo 'a question' | busybox nc -w 9 \(address) 443")
            await house.engine.shutdown()
            return text
        }
        #expect(try await ask("198.51.100.0/25") == "answer to a question")
        #expect(
            proxy.heads == [
                "CONNECT \(address):443 HTTP/1.1\r\nHost: \(address):443\r\n"
                    + "Proxy-Authorization: Basic c2FpbG9yOnNlQA==\r\n\r\n"
            ])
        #expect(try await ask("\(address)/32").hasSuffix("Network is unreachable"))
        #expect(proxy.heads.count == 1)
    }

    /// An address to which this machine has no direct way: that of all its neighbours, or any where there are none.
    private static func unreachableAddress() -> IPv4Address {
        var list: UnsafeMutablePointer<ifaddrs>?
        defer { freeifaddrs(list) }
        guard getifaddrs(&list) == 0 else { return IPv4Address(value: 0xC633_64C8) }
        var next = list
        while let entry = next?.pointee {
            next = entry.ifa_next
            guard entry.ifa_addr?.pointee.sa_family == sa_family_t(AF_INET),
                entry.ifa_flags & UInt32(IFF_BROADCAST) != 0,
                let broadcast = entry.ifa_ifu.ifu_broadaddr
            else { continue }
            let value = broadcast.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                UInt32(bigEndian: $0.pointee.sin_addr.s_addr)
            }
            if value != 0 { return IPv4Address(value: value) }
        }
        return IPv4Address(value: 0xC633_64C8)
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

/// An HTTP proxy of the test's own on this machine's loopback, behind which every destination answers a line.
private final class TestProxy: Sendable {
    let port: UInt16
    private let seen = Mutex<[String]>([])

    /// The requests that came.
    var heads: [String] { seen.withLock { $0 } }

    init() throws {
        let listener = FileDescriptor(owning: Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        try #require(IPv4Address(value: 0x7F00_0001).withSocketAddress(port: 0) { bind(listener.number, $0, $1) } == 0)
        try #require(listen(listener.number, 8) == 0)
        port = try #require(SocketEnd.bound(listener.number)?.port)
        KernelThread.start("test-proxy") { [self] in
            while true {
                let number = accept(listener.number, nil, nil)
                if number < 0 { return }
                let client = FileDescriptor(owning: number)
                let head = Self.read(client, through: "\r\n\r\n")
                seen.withLock { $0.append(head) }
                client.write("HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n")
                client.write("answer to " + Self.read(client, through: "\n"))
            }
        }
    }

    private static func read(_ socket: FileDescriptor, through end: String) -> String {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while !bytes.suffix(end.utf8.count).elementsEqual(end.utf8), recv(socket.number, &byte, 1, 0) == 1 {
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
