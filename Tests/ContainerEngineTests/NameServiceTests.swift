import ContainerRuntime
import DNS
import Glibc
import LinuxKernel
import Testing

@testable import ContainerEngine

/// What containers are told about names and about the comings and goings in networks.
@Suite struct NameServiceTests {
    @Test("In a network of one's own, the servers of --dns are asked, from inside of the network")
    func chosenServers() async throws {
        let house = try await NetworkedEngine(resolvers: ["127.0.0.1:9"])
        try await house.network("sea")
        let server = try await house.box("server", in: [NetworkAttachment("sea")])
        let address = try await house.address(server)
        let sandbox = try await house.engine.containerStatus(server).sandboxID
        _ = try TestResolver(
            try await house.engine.socket(SOCK_DGRAM, inside: sandbox), at: address, port: 53,
            answering: IPv4(0xC000_0237))
        let box = try await house.box("box", in: [NetworkAttachment("sea")]) {
            $0.sandbox?.dns = DNSConfiguration(
                nameservers: [address], searches: ["example.com"], options: ["timeout:1"])
        }
        let file = try await house.shell(box, "cat /etc/resolv.conf")
        #expect(file == "nameserver 127.0.0.11\nsearch example.com\noptions timeout:1 ndots:0")
        #expect(try await house.shell(box, "busybox nslookup -type=a ship.example.com").contains("192.0.2.55"))
        #expect(try await house.shell(box, "busybox nslookup -type=a server.").contains("Address: \(address)"))
        await house.engine.shutdown()
    }

    @Test("Names of a delegated domain are asked of their own server, but not from where no way leads")
    func delegation() async throws {
        let house = try await NetworkedEngine()
        try await house.network("sea")
        try await house.network("vault") { $0.isInternal = true }
        try await house.engine.network.addAddress("10.96.0.10")
        let socket = try await house.engine.network.socket(
            domain: AF_INET, type: Int32(SOCK_DGRAM.rawValue), protocol: 0)
        _ = try TestResolver(
            FileDescriptor(owning: socket), at: "10.96.0.10", port: 53, answering: IPv4(0x0A60_0707))
        try await house.engine.network.delegate(domains: ["cluster.local"], to: "10.96.0.10")
        for network in ["sea", "bridge"] {
            let box = try await house.box(network, in: [NetworkAttachment(network)])
            let text = try await house.shell(box, "busybox nslookup -type=a web.default.svc.cluster.local")
            #expect(text.contains("10.96.7.7"), "\(network): \(text)")
            #expect(try await house.shell(box, "busybox nslookup -type=a example.com").contains("NXDOMAIN"))
        }
        let box = try await house.box("closed", in: [NetworkAttachment("vault")])
        let text = try await house.shell(box, "busybox nslookup -type=a web.default.svc.cluster.local")
        #expect(text.contains("NXDOMAIN"))
        await house.engine.shutdown()
    }

    @Test("Port 53 is free for a container's own server of names, and 127.0.0.11 answers all the same, TCP too")
    func ownServer() async throws {
        let house = try await NetworkedEngine()
        try await house.network("sea")
        let box = try await house.box("box", in: [NetworkAttachment("sea")])
        let sandbox = try await house.engine.containerStatus(box).sandboxID
        let streams = try await house.engine.socket(SOCK_STREAM, inside: sandbox)
        let any = IPv4Address(value: 0)
        #expect(any.withSocketAddress(port: 53) { bind(streams.number, $0, $1) } == 0)
        #expect(listen(streams.number, 1) == 0)
        let datagrams = try await house.engine.socket(SOCK_DGRAM, inside: sandbox)
        _ = try TestResolver(datagrams, at: "0.0.0.0", port: 53, answering: IPv4(0xC000_0237))
        let address = try await house.address(box)
        #expect(try await house.shell(box, "busybox nslookup -type=a box").contains("Address: \(address)"))
        #expect(try await house.shell(box, "busybox nslookup -type=a box \(address)").contains("192.0.2.55"))
        let client = try await house.engine.socket(SOCK_STREAM, inside: sandbox).withTimeout()
        #expect(await client.connect(ContainerResolver.address, 53) == 0)
        var query = DNSMessage(id: 7)
        query.questions = [.init(try #require(DomainName("box")), .a)]
        let bytes = query.encoded()
        let framed = [UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF)] + bytes
        #expect(send(client.number, framed, framed.count, 0) == framed.count)
        var answer = [UInt8](repeating: 0, count: 512)
        let count = recv(client.number, &answer, answer.count, 0)
        try #require(count > 2)
        let reply = try DNSMessage(parsing: Array(answer[2..<count]))
        let own = try #require(IPv4(address))
        #expect(reply.id == 7)
        #expect(reply.answers.map(\.data) == [.a(own)])
        await house.engine.shutdown()
    }

    @Test("/etc/hosts follows the networks of a running container, and keeps what the container wrote")
    func hosts() async throws {
        let house = try await NetworkedEngine()
        try await house.network("sea")
        let box = try await house.box("box", in: [NetworkAttachment("bridge")])
        let name = String(box.prefix(12))
        let bridge = try await house.address(box)
        #expect(try await house.shell(box, "busybox tail -n 1 /etc/hosts") == "\(bridge)\t\(name)")
        _ = try await house.shell(box, "echo '192.0.2.1 mine' >> /etc/hosts")
        try await house.engine.connectNetwork(NetworkAttachment("sea"), container: "box")
        #expect(
            try await house.shell(box, "busybox tail -n 3 /etc/hosts")
                == "\(bridge)\t\(name)\n192.0.2.1 mine\n172.18.0.2\t\(name)")
        try await house.engine.disconnectNetwork("bridge", container: "box")
        #expect(
            try await house.shell(box, "busybox tail -n 2 /etc/hosts") == "192.0.2.1 mine\n172.18.0.2\t\(name)")
        #expect(try await house.shell(box, "busybox grep -c '\(bridge)' /etc/hosts") == "0")
        // One that starts with two networks has both from the beginning.
        let both = try await house.box("both", in: [NetworkAttachment("bridge"), NetworkAttachment("sea")])
        #expect(try await house.shell(both, "busybox grep -c \(both.prefix(12)) /etc/hosts") == "2")
        await house.engine.shutdown()
    }

    @Test("Events tell of networks that are made and removed, and of who comes and goes")
    func events() async throws {
        let house = try await NetworkedEngine()
        let events = await house.engine.engineEvents(since: nil)
        let sea = try await house.network("sea")
        let box = try await house.box("box", in: [NetworkAttachment("sea")])
        try await house.engine.connectNetwork(NetworkAttachment("bridge"), container: "box")
        try await house.engine.disconnectNetwork("bridge", container: "box")
        try await house.engine.stopContainer(box, grace: .zero)
        try await house.engine.removeNetwork("sea")
        var told: [String] = []
        for await event in events where event.kind == .network {
            #expect(event.attributes["type"] == "bridge")
            #expect(event.attributes["container"] == (["create", "destroy"].contains(event.action) ? nil : box))
            if event.attributes["name"] == "sea" { #expect(event.actor == sea.id) }
            told.append("\(event.action) \(event.attributes["name"] ?? "")")
            if event.action == "destroy" { break }
        }
        #expect(
            told == [
                "create sea", "connect sea", "connect bridge", "disconnect bridge", "disconnect sea", "destroy sea",
            ])
        await house.engine.shutdown()
    }
}
