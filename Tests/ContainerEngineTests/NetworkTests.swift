import CLinux
import ContainerRuntime
import Foundation
import Glibc
import LinuxKernel
import Testing

@testable import ContainerEngine

/// A harbour with a network, and pods in it that are nothing but a network namespace.
final class NetworkBed: Sendable {
    let harbour: Harbour
    let network: HarbourNetwork
    private let directory: ScratchDirectory

    init() async throws {
        directory = try ScratchDirectory("network")
        for name in ["run", "data"] {
            try FileManager.default.createDirectory(
                atPath: "\(directory.path)/\(name)", withIntermediateDirectories: true)
        }
        harbour = try await Harbour.make(
            zygote: try ZygoteProcess(program: builtProgram("kijabi-zygote")), runDirectory: "\(directory.path)/run",
            dataDirectory: "\(directory.path)/data")
        network = try HarbourNetwork(harbour: harbour, packetFilter: builtProgram("kijabi-packetfilter"))
    }

    deinit { harbour.end() }

    func pod(_ number: Int32, subnet: String = "10.244.1.0/24", address: String? = nil) async throws -> Pod {
        let namespace = try await harbour.makeSandboxNamespace(number)
        let given = try await network.attach(
            sandbox: "\(number)", namespace: namespace.number, subnet: subnet, address: address)
        return Pod(bed: self, address: given, namespace: namespace)
    }
}

/// Talks and listens from inside a pod's network namespace.
struct Pod: Sendable {
    let bed: NetworkBed
    let address: String
    let namespace: FileDescriptor

    func socket(_ type: __socket_type = SOCK_STREAM) async throws -> FileDescriptor {
        let made = try await bed.harbour.makeSocket(
            domain: AF_INET, type: Int32(type.rawValue), protocol: 0, namespace: namespace.number)
        return FileDescriptor(owning: made).withTimeout()
    }

    /// Accepts TCP connections and answers each with `answer` (the client's address if nil), then what it received.
    func serve(port: UInt16, answer: String? = nil) async throws {
        let listener = try await socket()
        try #require(bind(listener, port) == 0 && listen(listener.number, 64) == 0)
        listener.withoutTimeout()
        KernelThread.start("test-server") {
            while true {
                var peer = sockaddr_in()
                var length = socklen_t(MemoryLayout<sockaddr_in>.size)
                let client = withUnsafeMutablePointer(to: &peer) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { accept(listener.number, $0, &length) }
                }
                if client < 0 { return }
                let from = IPv4Address(value: UInt32(bigEndian: peer.sin_addr.s_addr)).description
                KernelThread.start("test-client") {
                    let client = FileDescriptor(owning: client)
                    client.write(answer ?? from)
                    var buffer = [UInt8](repeating: 0, count: 1 << 16)
                    while true {
                        let count = read(client.number, &buffer, buffer.count)
                        if count <= 0 { break }
                        client.write(String(decoding: buffer[..<count], as: UTF8.self))
                    }
                }
            }
        }
    }

    /// Answers each datagram with `answer`.
    func serveDatagrams(port: UInt16, answer: String) async throws {
        let socket = try await socket(SOCK_DGRAM)
        try #require(bind(socket, port) == 0)
        socket.withoutTimeout()
        KernelThread.start("test-server") {
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                var peer = sockaddr_in()
                var length = socklen_t(MemoryLayout<sockaddr_in>.size)
                let count = withUnsafeMutablePointer(to: &peer) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        recvfrom(socket.number, &buffer, buffer.count, 0, $0, &length)
                    }
                }
                if count < 0 { return }
                let reply = Array(answer.utf8) + buffer[..<count]
                _ = IPv4Address(value: UInt32(bigEndian: peer.sin_addr.s_addr)).withSocketAddress(
                    port: UInt16(bigEndian: peer.sin_port)
                ) { sendto(socket.number, reply, reply.count, 0, $0, $1) }
            }
        }
    }

    private func bind(_ socket: FileDescriptor, _ port: UInt16) -> Int32 {
        IPv4Address(value: 0).withSocketAddress(port: port) { Glibc.bind(socket.number, $0, $1) }
    }
}

extension Harbour {
    /// The network namespace of a new sandbox.
    func makeSandboxNamespace(_ number: Int32) async throws -> FileDescriptor {
        let reply = try await ask(ZYGOTE_MAKE_SANDBOX, number)
        return try #require(reply.descriptors.first)
    }
}

extension FileDescriptor {
    /// No test waits for more than five seconds.
    func withTimeout() -> FileDescriptor {
        setTimeout(5)
        return self
    }

    func withoutTimeout() { setTimeout(0) }

    private func setTimeout(_ seconds: Int) {
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(number, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    // Everything that waits does so on a thread of its own: the tests share their few with what they test.

    /// - Returns: 0 or the errno.
    func connect(_ address: String, _ port: UInt16) async -> Int32 {
        await KernelThread.run("test-connect") {
            guard let address = IPv4Address(address) else { return EINVAL }
            return address.withSocketAddress(port: port) { Glibc.connect(self.number, $0, $1) } == 0 ? 0 : errno
        }
    }

    func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(number, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// What is there, "" at the end, or the errno in words.
    func readText() async -> String {
        await KernelThread.run("test-read") { self.readNow() }
    }

    private func readNow() -> String {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(number, &buffer, buffer.count)
        return count < 0 ? String(cString: strerror(errno)) : String(decoding: buffer[..<count], as: UTF8.self)
    }

    func readToEnd() async -> String {
        await KernelThread.run("test-read") {
            shutdown(self.number, Int32(SHUT_WR))
            var text = ""
            while true {
                let piece = self.readNow()
                if piece.isEmpty { return text }
                text += piece
            }
        }
    }
}

@Suite struct NetworkTests {
    @Test("Pods reach each other, the harbour and themselves, with their own addresses")
    func podToPod() async throws {
        let bed = try await NetworkBed()
        let first = try await bed.pod(1)
        let second = try await bed.pod(2, subnet: "10.244.2.0/24")
        #expect(first.address == "10.244.1.2")
        #expect(second.address == "10.244.2.2")
        try await second.serve(port: 80)
        let socket = try await first.socket()
        #expect(await socket.connect("10.244.2.2", 80) == 0)
        #expect(await socket.readToEnd() == "10.244.1.2")
        let own = FileDescriptor(
            owning: try await bed.network.connect(address: "10.244.2.2", port: 80, timeout: .seconds(5)))
        #expect(await own.readToEnd() == "10.244.2.1")
        let itself = try await second.socket()
        #expect(await itself.connect("10.244.2.2", 80) == 0)
    }

    @Test("A closed port, a pod that is gone and a taken address are told apart")
    func refusals() async throws {
        let bed = try await NetworkBed()
        let pod = try await bed.pod(1)
        await #expect(throws: RuntimeError.unreachable(address: pod.address, port: 81, errno: ECONNREFUSED)) {
            try await bed.network.connect(address: pod.address, port: 81, timeout: .seconds(5))
        }
        await #expect(
            throws: RuntimeError.invalid(
                field: "address", reason: "10.244.1.2 is taken or not an address of 10.244.1.0/24")
        ) { try await bed.pod(2, address: "10.244.1.2") }
        await bed.network.detach(sandbox: "1")
        await #expect(throws: RuntimeError.unreachable(address: pod.address, port: 81, errno: EHOSTUNREACH)) {
            try await bed.network.connect(address: pod.address, port: 81, timeout: .seconds(5))
        }
        #expect(try await bed.pod(3).address == "10.244.1.3")
    }

    @Test("A connection that nobody answers ends at its time")
    func timeout() async throws {
        let bed = try await NetworkBed()
        let pod = try await bed.pod(1)
        // A full backlog: the kernel drops further requests.
        let listener = try await pod.socket()
        _ = IPv4Address(value: 0).withSocketAddress(port: 80) { bind(listener.number, $0, $1) }
        listen(listener.number, 0)
        let first = FileDescriptor(
            owning: try await bed.network.connect(address: pod.address, port: 80, timeout: .seconds(5)))
        await #expect(throws: RuntimeError.unreachable(address: pod.address, port: 80, errno: ETIMEDOUT)) {
            while true {
                close(
                    try await bed.network.connect(address: pod.address, port: 80, timeout: .milliseconds(100)))
            }
        }
        withExtendedLifetime(first) {}
    }

    @Test("A service balances over its endpoints, for pods and for the harbour's own processes")
    func balance() async throws {
        let bed = try await NetworkBed()
        let client = try await bed.pod(1)
        var endpoints: [VirtualService.Endpoint] = []
        for number in 2...4 {
            let pod = try await bed.pod(Int32(number))
            try await pod.serve(port: 8080, answer: pod.address)
            endpoints.append(VirtualService.Endpoint(address: pod.address, port: 8080))
        }
        try await bed.network.setServices([
            VirtualService(name: "default/web:http", address: "10.96.0.20", port: 80, endpoints: endpoints)
        ])
        var counts: [String: Int] = [:]
        for turn in 0..<120 {
            let socket: FileDescriptor
            if turn % 2 == 0 {
                socket = try await client.socket()
                try #require(await socket.connect("10.96.0.20", 80) == 0)
            } else {
                socket = FileDescriptor(
                    owning: try await bed.network.connect(address: "10.96.0.20", port: 80, timeout: .seconds(5)))
            }
            counts[await socket.readToEnd(), default: 0] += 1
        }
        #expect(Set(counts.keys) == Set(endpoints.map(\.address)))
        // 40 expected each; less than 15 happens once in a million runs.
        #expect(counts.values.allSatisfy { $0 >= 15 }, "\(counts)")
    }

    @Test("A pod reaches itself through its service")
    func hairpin() async throws {
        let bed = try await NetworkBed()
        let pod = try await bed.pod(1)
        try await pod.serve(port: 8080)
        try await bed.network.setServices([
            VirtualService(
                name: "default/web", address: "10.96.0.20", port: 80,
                endpoints: [VirtualService.Endpoint(address: pod.address, port: 8080)])
        ])
        let socket = try await pod.socket()
        #expect(await socket.connect("10.96.0.20", 80) == 0)
        // Its own address would be answered without ever leaving the pod.
        #expect(await socket.readToEnd() != pod.address)
    }

    @Test("Nobody behind a service, an unknown service and another port are refused at once")
    func refusedServices() async throws {
        let bed = try await NetworkBed()
        let client = try await bed.pod(1)
        let endpoint = VirtualService.Endpoint(address: client.address, port: 8080)
        try await bed.network.setServices([
            VirtualService(name: "default/empty", address: "10.96.0.20", port: 80, endpoints: []),
            VirtualService(name: "default/full", address: "10.96.0.21", port: 80, endpoints: [endpoint]),
        ])
        for (address, port) in [("10.96.0.20", UInt16(80)), ("10.96.0.21", 81), ("10.96.7.7", 80)] {
            let start = ContinuousClock.now
            #expect(try await client.socket().connect(address, port) == ECONNREFUSED)
            await #expect(throws: RuntimeError.unreachable(address: address, port: port, errno: ECONNREFUSED)) {
                try await bed.network.connect(address: address, port: port, timeout: .seconds(5))
            }
            #expect(ContinuousClock.now - start < .seconds(1))
        }
        let datagrams = try await client.socket(SOCK_DGRAM)
        #expect(await datagrams.connect("10.96.0.20", 53) == 0)
        datagrams.write("?")
        #expect(await datagrams.readText() == "Connection refused")
    }

    @Test("ClientIP affinity keeps a client with its endpoint")
    func affinity() async throws {
        let bed = try await NetworkBed()
        var endpoints: [VirtualService.Endpoint] = []
        for number in 1...4 {
            let pod = try await bed.pod(Int32(number))
            try await pod.serve(port: 8080, answer: pod.address)
            endpoints.append(VirtualService.Endpoint(address: pod.address, port: 8080))
        }
        func serve(_ endpoints: [VirtualService.Endpoint]) async throws {
            try await bed.network.setServices([
                VirtualService(
                    name: "default/web", address: "10.96.0.20", port: 80, endpoints: endpoints, clientAffinity: 10800)
            ])
        }
        try await serve(Array(endpoints.dropLast()))
        var chosen: [(client: Pod, endpoint: String)] = []
        for number in 10..<26 {
            let client = try await bed.pod(Int32(number))
            var answers: Set<String> = []
            for _ in 0..<4 {
                let socket = try await client.socket()
                try #require(await socket.connect("10.96.0.20", 80) == 0)
                answers.insert(await socket.readToEnd())
            }
            #expect(answers.count == 1)
            chosen.append((client, try #require(answers.first)))
        }
        #expect(Set(chosen.map(\.endpoint)).count > 1)
        // One more endpoint, and one less: who had another stays with it.
        try await serve(Array(endpoints.dropFirst()))
        for (client, endpoint) in chosen where endpoint != endpoints[0].address {
            let socket = try await client.socket()
            try #require(await socket.connect("10.96.0.20", 80) == 0)
            #expect(await socket.readToEnd() == endpoint)
        }
    }

    @Test("UDP services and node ports; what changes is changed, what goes is gone")
    func changes() async throws {
        let bed = try await NetworkBed()
        let client = try await bed.pod(1)
        let old = try await bed.pod(2)
        let new = try await bed.pod(3)
        for (pod, name) in [(old, "old"), (new, "new")] {
            try await pod.serve(port: 8080, answer: name)
            try await pod.serveDatagrams(port: 53, answer: name)
        }
        try await bed.network.addAddress("10.89.0.11")
        func services(_ pod: Pod) -> [VirtualService] {
            [
                VirtualService(
                    name: "a", address: "10.96.0.20", port: 80, nodePort: 30080,
                    endpoints: [VirtualService.Endpoint(address: pod.address, port: 8080)]),
                VirtualService(
                    name: "b", address: "10.96.0.20", port: 53, transport: .udp,
                    endpoints: [VirtualService.Endpoint(address: pod.address, port: 53)]),
            ]
        }
        // The same client socket must not be stuck to an endpoint that went.
        let datagrams = try await client.socket(SOCK_DGRAM)
        #expect(await datagrams.connect("10.96.0.20", 53) == 0)
        for (pod, name) in [(old, "old"), (new, "new")] {
            try await bed.network.setServices(services(pod))
            for (address, port) in [("10.96.0.20", UInt16(80)), ("10.89.0.11", 30080)] {
                let socket = try await client.socket()
                #expect(await socket.connect(address, port) == 0)
                #expect(await socket.readToEnd() == name)
            }
            let own = FileDescriptor(
                owning: try await bed.network.connect(address: "10.89.0.11", port: 30080, timeout: .seconds(5)))
            #expect(await own.readToEnd() == name)
            datagrams.write("?")
            #expect(await datagrams.readText() == name + "?")
        }
        try await bed.network.setServices([])
        #expect(try await client.socket().connect("10.96.0.20", 80) == ECONNREFUSED)
        #expect(try await client.socket().connect("10.89.0.11", 30080) == ECONNREFUSED)
    }

    @Test("Many changes at once end with the last")
    func burst() async throws {
        let bed = try await NetworkBed()
        let pod = try await bed.pod(1)
        try await pod.serve(port: 8080)
        let good = VirtualService(
            name: "a", address: "10.96.0.20", port: 80,
            endpoints: [VirtualService.Endpoint(address: pod.address, port: 8080)])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...100 {
                group.addTask {
                    let others = (1...number).map { VirtualService.Endpoint(address: "10.244.9.\($0)", port: 1) }
                    try await bed.network.setServices([
                        VirtualService(name: "b", address: "10.96.0.21", port: 80, endpoints: others)
                    ])
                }
            }
            try await group.waitForAll()
        }
        try await bed.network.setServices([good])
        let socket = try await pod.socket()
        #expect(await socket.connect("10.96.0.20", 80) == 0)
        #expect(try await pod.socket().connect("10.96.0.21", 80) == ECONNREFUSED)
    }
}
