import ContainerRuntime
import LinuxKernel
import Testing

@testable import ContainerEngine

@Suite struct NetworkRegistryTests {
    private func registry() -> NetworkRegistry {
        var number = 0
        return NetworkRegistry(defaultSubnet: HarbourNetwork.defaultSubnet, now: 0) {
            number += 1
            return String(repeating: "\(number)", count: 64)
        }
    }

    private func add(
        _ name: String, to registry: inout NetworkRegistry, change: (inout NetworkConfiguration) -> Void = { _ in }
    ) throws -> NetworkRegistry.Network {
        var configuration = NetworkConfiguration(name: name)
        change(&configuration)
        return try registry.add(configuration, id: "id-\(name)", now: 1)
    }

    @Test("bridge, host and none are always there; default is another word for bridge")
    func predefined() throws {
        let registry = registry()
        #expect(registry.all.map(\.status.name) == ["bridge", "host", "none"])
        #expect(try registry.find("default").status.name == "bridge")
        #expect(try registry.find("bridge").plan?.resolvesNames == false)
        #expect(registry.all.map(\.status.isPredefined) == [true, true, true])
    }

    @Test("Subnets are given out as docker gives them, and never overlap")
    func subnets() throws {
        var registry = registry()
        #expect(try add("a", to: &registry).status.subnet == "172.18.0.0/16")
        _ = try add("b", to: &registry) { $0.subnet = "172.19.128.0/24" }
        let third = try add("c", to: &registry)
        #expect(third.status.subnet == "172.20.0.0/16")
        #expect(third.status.gateway == "172.20.0.1")
        registry.remove("id-a")
        #expect(try add("d", to: &registry).status.subnet == "172.18.0.0/16")
        for subnet in ["172.17.5.0/24", "172.16.0.0/12", "10.244.3.0/24", "10.96.0.0/16", "127.1.0.0/16"] {
            #expect(throws: RuntimeError.self, "\(subnet)") {
                try add("overlapping", to: &registry) { $0.subnet = subnet }
            }
        }
    }

    @Test("All pools can be used up, and the host's gateway is in none of them")
    func exhaustion() throws {
        var registry = registry()
        var given: [IPv4Subnet] = []
        var failure: RuntimeError?
        for number in 0..<40 where failure == nil {
            do {
                let network = try add("n\(number)", to: &registry)
                given.append(try #require(network.plan).subnet)
            } catch let error as RuntimeError {
                failure = error
            }
        }
        #expect(failure == .network(.exhausted))
        #expect(given.count == 14 + 15)
        #expect(!given.contains { $0.contains(HostGateway.address) })
        for (index, subnet) in given.enumerated() {
            #expect(!given[(index + 1)...].contains { $0.overlaps(subnet) })
        }
    }

    @Test(
        "What cannot be a network is refused by name",
        arguments: [
            ("", "172.30.0.0/24", nil, nil), ("-a", nil, nil, nil), ("a b", nil, nil, nil), ("bridge", nil, nil, nil),
            ("a", "172.30.0.1/24", nil, nil), ("a", "172.30.0.0/31", nil, nil), ("a", "nonsense", nil, nil),
            ("a", "172.30.0.0/24", "172.31.0.1", nil), ("a", "172.30.0.0/24", "172.30.0.0", nil),
            ("a", "172.30.0.0/24", "172.30.0.255", nil), ("a", "172.30.0.0/24", nil, "172.30.1.0/25"),
            ("a", "172.30.0.0/24", nil, "172.30.0.0/16"),
        ] as [(String, String?, String?, String?)])
    func refusals(name: String, subnet: String?, gateway: String?, range: String?) {
        var registry = registry()
        #expect(throws: RuntimeError.self) {
            try add(name, to: &registry) {
                $0.subnet = subnet
                $0.gateway = gateway
                $0.addressRange = range
            }
        }
        #expect(registry.all.count == 3)
    }

    @Test("A name comes before an id's beginning, which must be one network's")
    func finding() throws {
        var registry = registry()
        _ = try add("11", to: &registry)
        #expect(try registry.find("11").status.id == "id-11")
        #expect(try registry.find("111").status.name == "bridge")
        _ = try registry.add(NetworkConfiguration(name: "x"), id: "2222", now: 0)
        #expect(throws: RuntimeError.network(.ambiguous("222"))) { try registry.find("222") }
        #expect(throws: RuntimeError.network(.notFound("nope"))) { try registry.find("nope") }
        #expect(throws: RuntimeError.network(.notFound(""))) { try registry.find("") }
    }

    @Test("Addresses come from the range, without the gateway, and run out")
    func ranges() throws {
        let subnet = try #require(IPv4Subnet("172.30.0.0/24"))
        var allocator = AddressAllocator(
            subnet: subnet, gateway: subnet[9], range: IPv4Subnet("172.30.0.8/30"))
        #expect(allocator.allocate() == subnet[8])
        #expect(allocator.allocate() == subnet[10])
        #expect(allocator.allocate() == subnet[11])
        #expect(allocator.allocate() == nil)
        let reserved = [9, 77, 77].map { allocator.reserve(subnet[$0]) }
        #expect(reserved == [false, true, false])
        allocator.release(subnet[77])
        #expect(allocator.allocate() == nil)
        allocator.release(subnet[10])
        #expect(allocator.allocate() == subnet[10])
    }

    @Test("The packet filter's rules, to the letter")
    func rules() throws {
        var registry = registry()
        let sea = try #require(try add("sea", to: &registry).plan)
        let vault = try #require(try add("vault", to: &registry) { $0.isInternal = true }.plan)
        var rules = NetworkRules()
        rules.networks = [sea.number: sea, vault.number: vault]
        rules.inside = [sea.subnet]
        #expect(
            rules.transaction(from: NetworkRules()) == """
                flush set ip kijabi inside
                add element ip kijabi inside { 172.18.0.0/16 }
                flush chain ip kijabi isolation
                add rule ip kijabi isolation iifname "net0-*" oifname "net0-*" accept
                add rule ip kijabi isolation iifname "net1-*" oifname "net1-*" accept
                add rule ip kijabi isolation iifname "int2-*" oifname "int2-*" accept
                add rule ip kijabi isolation iifname "int*" drop
                add rule ip kijabi isolation oifname "int*" drop
                add rule ip kijabi isolation iifname "net*" oifname "net*" drop
                add rule ip kijabi isolation oifname "net0-*" accept
                add rule ip kijabi isolation oifname "net*" drop

                """)
        #expect(rules.transaction(from: rules) == nil)
        var open = rules
        open.outbound = .init(stream: 5, datagram: 6, holds: true)
        #expect(
            open.transaction(from: rules) == """
                flush chain ip kijabi outbound
                add rule ip kijabi outbound ip daddr @inside accept
                add rule ip kijabi outbound iifname "int*" drop
                add rule ip kijabi outbound meta l4proto udp tproxy to 127.0.0.1:6 accept
                add rule ip kijabi outbound meta mark 27497 tcp flags & (fin|syn|rst|ack) == syn \
                tproxy to 127.0.0.1:5 accept
                add rule ip kijabi outbound tcp flags & (fin|syn|rst|ack) == syn \
                log group 7 snaplen 1500 queue-threshold 1 drop

                """)
    }
}
