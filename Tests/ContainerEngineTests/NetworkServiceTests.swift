import ContainerRuntime
import Glibc
import LinuxKernel
import Testing

@testable import ContainerEngine

/// Networks that people make, with real containers in them.
@Suite struct NetworkServiceTests {
    @Test(
        "In a network of one's own containers are found by name, alias, short id and address; in the bridge they are not"
    )
    func names() async throws {
        let house = try await NetworkedEngine()
        try await house.network("sea")
        let web = try await house.box("web", in: [NetworkAttachment("sea", aliases: ["www", "shared"])])
        let other = try await house.box("other", in: [NetworkAttachment("sea", aliases: ["shared"])])
        let address = try await house.address(web)
        #expect(address == "172.18.0.2")
        #expect(try await house.shell(other, "cat /etc/resolv.conf").contains("nameserver 127.0.0.11"))
        for name in ["web", "www", String(web.prefix(12)), "web.sea"] {
            let text = try await house.shell(other, "busybox nslookup -type=a \(name)")
            #expect(text.contains("Address: \(address)"), "\(name): \(text)")
        }
        let shared = try await house.shell(other, "busybox nslookup -type=a shared")
        #expect(shared.contains("172.18.0.2") && shared.contains("172.18.0.3"))
        #expect(try await house.shell(other, "busybox nslookup \(address)").contains("name = web.sea"))
        #expect(try await house.shell(other, "busybox nslookup -type=a nobody").contains("NXDOMAIN"))
        let plain = try await house.box("plain", in: [NetworkAttachment("bridge")])
        #expect(try await house.shell(plain, "cat /etc/resolv.conf").contains("nameserver 172.17.0.1"))
        #expect(try await house.shell(plain, "busybox nslookup -type=a plain").contains("can't find plain"))
        await house.engine.shutdown()
    }

    @Test("A renamed container is found by its new name, and by the old one no more")
    func renamed() async throws {
        let house = try await NetworkedEngine()
        try await house.network("sea")
        let web = try await house.box("web", in: [NetworkAttachment("sea", aliases: ["www"])])
        let other = try await house.box("other", in: [NetworkAttachment("sea")])
        let address = try await house.address(web)
        try await house.engine.renameContainer(web, to: "shop")
        for name in ["shop", "www", "shop.sea"] {
            #expect(
                try await house.shell(other, "busybox nslookup -type=a \(name)").contains("Address: \(address)"),
                "\(name)")
        }
        #expect(try await house.shell(other, "busybox nslookup -type=a web").contains("NXDOMAIN"))
        #expect(try await house.engine.containerStatus(web).networks.map(\.containerName) == ["shop"])
        await house.engine.shutdown()
    }

    @Test("Networks are walls to each other, to the bridge and to Pods; inside of one, everybody is reached")
    func walls() async throws {
        let house = try await NetworkedEngine()
        try await house.network("sea")
        try await house.network("lake")
        let places: [(String, SandboxConfiguration.Network)] = [
            ("sea1", .networks([NetworkAttachment("sea")])), ("sea2", .networks([NetworkAttachment("sea")])),
            ("lake1", .networks([NetworkAttachment("lake")])), ("bridge1", .networks([NetworkAttachment("bridge")])),
            ("bridge2", .networks([NetworkAttachment("bridge")])), ("pod1", .pod(subnet: "10.244.1.0/24")),
            ("pod2", .pod(subnet: "10.244.2.0/24")),
        ]
        var boxes: [String: (id: String, address: String)] = [:]
        for (name, network) in places {
            let id = try await house.start(name, ["sleep", "1d"], network)
            try await house.serve(id, port: 80, word: "here")
            boxes[name] = (id, try #require(try await house.engine.containerStatus(id).address))
        }
        func reaches(_ from: String, _ to: String) async throws -> Bool {
            let (source, target) = (try #require(boxes[from]), try #require(boxes[to]))
            return try await house.shell(source.id, "busybox nc -w 1 \(target.address) 80 </dev/null") == "here"
        }
        let open = [
            ("sea1", "sea2"), ("bridge1", "bridge2"), ("pod1", "pod2"), ("pod1", "bridge1"), ("bridge1", "pod1"),
        ]
        for (from, to) in open { #expect(try await reaches(from, to), "\(from) → \(to)") }
        let closed = [
            ("sea1", "lake1"), ("lake1", "sea1"), ("sea1", "bridge1"), ("bridge1", "sea1"), ("pod1", "sea1"),
        ]
        for (from, to) in closed { #expect(try await !reaches(from, to), "\(from) → \(to)") }
        await house.engine.shutdown()
    }

    @Test("A running container gets a further interface and loses it again, with its names and its way outside")
    func live() async throws {
        let house = try await NetworkedEngine()
        try await house.network("sea") { $0.subnet = "172.30.0.0/24" }
        let engine = house.engine
        let box = try await house.box("box", in: [NetworkAttachment("bridge")])
        let peer = try await house.box("peer", in: [NetworkAttachment("sea")])
        let wanted = NetworkAttachment("sea", aliases: ["late"], address: "172.30.0.77")
        try await engine.connectNetwork(wanted, container: "box")
        #expect(try await house.shell(box, "ip -o -4 addr show eth1").contains("inet 172.30.0.77/24"))
        #expect(try await house.shell(peer, "busybox nslookup -type=a late").contains("Address: 172.30.0.77"))
        #expect(try await house.shell(box, "cat /etc/resolv.conf").contains("nameserver 127.0.0.11"))
        #expect(try await house.shell(box, "busybox nslookup -type=a peer").contains("Address: 172.30.0.2"))
        #expect(try await engine.networkEndpoints(of: box).map(\.interface) == ["eth0", "eth1"])
        #expect(try await engine.networkStatus("sea").endpoints.map(\.containerName) == ["box", "peer"])
        await #expect(throws: RuntimeError.network(.alreadyConnected(container: "box", network: "sea"))) {
            try await engine.connectNetwork(wanted, container: "box")
        }
        await #expect(throws: RuntimeError.network(.addressTaken("172.30.0.77"))) {
            try await engine.connectNetwork(
                wanted, container: try await house.box("third", in: [NetworkAttachment("bridge")]))
        }
        // The first network led outside; now the second does.
        try await engine.disconnectNetwork("bridge", container: "box")
        #expect(try await house.shell(box, "ip route").contains("default via 172.30.0.1 dev eth1"))
        #expect(try await house.shell(box, "ip -o link").contains("eth0") == false)
        #expect(try await engine.containerStatus(box).address == "172.30.0.77")
        try await engine.disconnectNetwork("sea", container: "box")
        #expect(try await house.shell(box, "ip -o link | wc -l") == "1")
        await #expect(throws: RuntimeError.network(.notConnected(container: box, network: "sea"))) {
            try await engine.disconnectNetwork("sea", container: "box")
        }
        #expect(try await house.shell(peer, "busybox nslookup -type=a late").contains("NXDOMAIN"))
        await engine.shutdown()
    }

    @Test("A network goes when nobody runs in it, and the predefined ones stay")
    func removal() async throws {
        let house = try await NetworkedEngine()
        let engine = house.engine
        let sea = try await house.network("sea")
        let box = try await house.box("box", in: [NetworkAttachment("sea")])
        do throws(RuntimeError) {
            try await engine.removeNetwork("sea")
            Issue.record("removed under a running container")
        } catch {
            guard case .network(.inUse("sea", let endpoints)) = error else { throw error }
            #expect(endpoints.map(\.containerName) == ["box"])
        }
        try await engine.stopContainer(box, grace: .zero)
        #expect(try await engine.networkStatus("sea").endpoints.isEmpty)
        try await engine.removeNetwork(String(sea.id.prefix(12)))
        await #expect(throws: RuntimeError.network(.notFound("sea"))) { try await engine.startContainer(box) }
        for name in ["bridge", "host", "none"] {
            await #expect(throws: RuntimeError.network(.predefined(name))) { try await engine.removeNetwork(name) }
        }
        await #expect(throws: RuntimeError.network(.notFound("nope"))) {
            try await house.box("late", in: [NetworkAttachment("nope")])
        }
        // Its subnet and number may be had again, and work.
        try await house.network("again")
        let first = try await house.box("first", in: [NetworkAttachment("again")])
        let second = try await house.box("second", in: [NetworkAttachment("again")])
        #expect(try await house.shell(second, "busybox ping -c 1 -W 2 first").contains(" 0% packet loss"))
        #expect(try await house.address(first) == "172.18.0.2")
        await engine.shutdown()
    }

    @Test("What docker refuses is refused for docker's reasons")
    func refusals() async throws {
        let house = try await NetworkedEngine()
        try await house.network("free")
        try await house.network("chosen") { $0.subnet = "172.30.0.0/24" }
        let cases: [(NetworkAttachment, NetworkFailure)] = [
            (NetworkAttachment("bridge", aliases: ["a"]), .aliasNeedsUserNetwork),
            (NetworkAttachment("bridge", address: "172.17.0.9"), .addressNeedsUserNetwork),
            (NetworkAttachment("free", address: "172.18.0.9"), .addressNeedsChosenSubnet("172.18.0.9")),
            (
                NetworkAttachment("chosen", address: "172.31.0.9"),
                .outsideSubnet(address: "172.31.0.9", subnet: "172.30.0.0/24")
            ),
        ]
        for (attachment, failure) in cases {
            await #expect(throws: RuntimeError.network(failure)) { try await house.box("box", in: [attachment]) }
        }
        let none = try await house.start("alone", ["sleep", "1d"], .networks([NetworkAttachment("none")]))
        #expect(try await house.shell(none, "ip -o link | wc -l") == "1")
        await #expect(throws: RuntimeError.network(.exclusive(mode: "none"))) {
            try await house.engine.connectNetwork(NetworkAttachment("free"), container: none)
        }
        await #expect(throws: RuntimeError.network(.exclusive(mode: "host"))) {
            try await house.engine.connectNetwork(NetworkAttachment("host"), container: none)
        }
        await house.engine.shutdown()
    }

    @Test("Two hundred times in and out of a network leave no interface, route or descriptor behind")
    func leaks() async throws {
        let house = try await NetworkedEngine()
        try await house.network("sea")
        let box = try await house.box("box", in: [NetworkAttachment("bridge")])
        let harbour = try await house.start("harbour", ["sleep", "1d"], .host)
        func turn() async throws {
            try await house.engine.connectNetwork(NetworkAttachment("sea", aliases: ["x"]), container: box)
            try await house.engine.disconnectNetwork("sea", container: box)
        }
        func state() async throws -> (views: [String], descriptors: Int) {
            let script = "ip -o link | wc -l; ip route show table all | wc -l"
            let views = [try await house.shell(harbour, script), try await house.shell(box, script)]
            return (views, ProcessFiles.descriptorCount)
        }
        for _ in 0..<3 { try await turn() }
        let before = try await state()
        for _ in 0..<200 { try await turn() }
        let after = try await state()
        #expect(after.views == before.views)
        // One of an exec that was just over may have been among those before.
        #expect(after.descriptors <= before.descriptors + 2)
        await house.engine.shutdown()
    }
}

extension ProcessFiles {
    /// How many descriptors this process has open.
    static var descriptorCount: Int { (0..<4096).count { fcntl($0, F_GETFD) >= 0 } }
}
