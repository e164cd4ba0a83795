import ContainerRuntime
import LinuxKernel
import Testing

@testable import ContainerEngine

@Suite struct ServiceRulesTests {
    private func service(_ name: String, _ address: String?, _ endpoints: [String], nodePort: UInt16? = nil)
        -> VirtualService
    {
        VirtualService(
            name: name, address: address, port: 80, nodePort: nodePort,
            endpoints: endpoints.map { VirtualService.Endpoint(address: $0, port: 8080) })
    }

    @Test("The first transaction, to the letter")
    func fromNothing() {
        let rules = ServiceRules([
            service("default/web:http", "10.96.0.20", ["10.244.1.3", "10.244.1.2"], nodePort: 30080)
        ])
        #expect(
            rules.transaction(from: ServiceRules()) == """
                add chain ip kijabi service/10.96.0.20/tcp/80
                add rule ip kijabi service/10.96.0.20/tcp/80 meta l4proto tcp dnat ip to numgen random mod 2 \
                map { 0 : 10.244.1.2 . 8080, 1 : 10.244.1.3 . 8080 } comment "default/web:http"
                add element ip kijabi services { 10.96.0.20 . tcp . 80 : goto service/10.96.0.20/tcp/80 }
                add element ip kijabi nodeports { tcp . 30080 : goto service/10.96.0.20/tcp/80 }
                add element ip kijabi endpoints { 10.244.1.2 . 10.244.1.2, 10.244.1.3 . 10.244.1.3 }

                """)
    }

    @Test("A changed service touches its own chain only; the order of endpoints is no change")
    func change() {
        let before = [service("a", "10.96.0.20", ["10.244.1.2"]), service("b", "10.96.0.21", ["10.244.1.3"])]
        let after = [service("a", "10.96.0.20", ["10.244.1.2"]), service("b", "10.96.0.21", ["10.244.1.4"])]
        #expect(
            ServiceRules(after).transaction(from: ServiceRules(before)) == """
                flush chain ip kijabi service/10.96.0.21/tcp/80
                add rule ip kijabi service/10.96.0.21/tcp/80 meta l4proto tcp dnat ip to 10.244.1.4:8080 comment "b"
                delete element ip kijabi endpoints { 10.244.1.3 . 10.244.1.3 }
                add element ip kijabi endpoints { 10.244.1.4 . 10.244.1.4 }

                """)
        let rules = ServiceRules(after)
        #expect(ServiceRules(after.reversed(), reusing: rules).transaction(from: rules) == nil)
    }

    @Test("A service without endpoints has no chain, and loses the one it had")
    func empty() {
        let before = ServiceRules([service("a", "10.96.0.20", ["10.244.1.2"])])
        let after = ServiceRules([service("a", "10.96.0.20", [])])
        #expect(after.chains.isEmpty)
        #expect(
            after.transaction(from: before) == """
                delete element ip kijabi services { 10.96.0.20 . tcp . 80 : goto service/10.96.0.20/tcp/80 }
                delete element ip kijabi endpoints { 10.244.1.2 . 10.244.1.2 }
                flush chain ip kijabi service/10.96.0.20/tcp/80
                delete chain ip kijabi service/10.96.0.20/tcp/80

                """)
    }

    @Test("A client's endpoint is remembered in a set of its own, which outlives changes of the others")
    func affinity() {
        func rules(_ endpoints: [String]) -> ServiceRules {
            var one = service("a", "10.96.0.20", endpoints)
            one.clientAffinity = 600
            return ServiceRules([one])
        }
        let before = rules(["10.244.1.2", "10.244.1.3"])
        let (first, second) = (
            "affinity600/10.96.0.20/80/tcp/10.244.1.2/8080", "affinity600/10.96.0.20/80/tcp/10.244.1.3/8080"
        )
        #expect(
            before.chains.values.first?.rules == [
                "meta l4proto tcp ip saddr @\(first) update @\(first) { ip saddr } dnat ip to 10.244.1.2:8080 comment \"a\"",
                "meta l4proto tcp ip saddr @\(second) update @\(second) { ip saddr } dnat ip to 10.244.1.3:8080 comment \"a\"",
                "meta l4proto tcp numgen random mod 2 0 update @\(first) { ip saddr } dnat ip to 10.244.1.2:8080 comment \"a\"",
                "meta l4proto tcp update @\(second) { ip saddr } dnat ip to 10.244.1.3:8080 comment \"a\"",
            ])
        let text = rules(["10.244.1.3", "10.244.1.4"]).transaction(from: before) ?? ""
        #expect(text.contains("delete set ip kijabi \(first)\n"))
        #expect(!text.contains("set ip kijabi \(second)"))
        #expect(text.contains("add set ip kijabi affinity600/10.96.0.20/80/tcp/10.244.1.4/8080 "))
    }

    @Test("Nothing of a name or an address can become a rule")
    func injection() {
        let rules = ServiceRules([
            service("x\" accept\nflush ruleset", "10.96.0.20", ["10.244.1.2"]),
            service("bad address", "10.96.0.21; flush ruleset", ["10.244.1.2"]),
            service("bad endpoint", "10.96.0.22", ["10.244.1.2 } flush ruleset"]),
        ])
        #expect(rules.chains.count == 1)
        #expect(rules.chains.values.first?.rules.last?.hasSuffix("comment \"x acceptflush ruleset\"") == true)
    }
}

@Suite struct AddressAllocatorTests {
    private func allocator(_ text: String) throws -> AddressAllocator {
        AddressAllocator(subnet: try #require(IPv4Subnet(text)))
    }

    @Test("The lowest free address, without the network's, the gateway's and the broadcast's")
    func order() throws {
        var addresses = try allocator("10.0.0.0/29")
        #expect(addresses.gateway.description == "10.0.0.1")
        let given = (0..<6).map { _ in addresses.allocate()?.description }
        #expect(given == ["10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6", nil])
    }

    @Test("A released address rests until others were given, unless there is no other")
    func rest() throws {
        var addresses = try allocator("10.0.0.0/29")
        let lowest = addresses.allocate()
        let first = try #require(lowest)
        addresses.release(first)
        #expect(addresses.allocate()?.description == "10.0.0.3")
        #expect((0..<3).map { _ in addresses.allocate()?.description } == ["10.0.0.4", "10.0.0.5", "10.0.0.6"])
        #expect(addresses.allocate() == first)
        #expect(addresses.allocate() == nil)
        addresses.release(first)
        addresses.release(first)
        #expect(addresses.allocate() == first)
        #expect(addresses.allocate() == nil)
    }

    @Test func reservation() throws {
        var addresses = try allocator("10.0.0.0/24")
        for text in ["10.0.0.0", "10.0.0.1", "10.0.0.255", "10.0.1.2"] {
            let address = try #require(IPv4Address(text))
            let isReserved = addresses.reserve(address)
            #expect(!isReserved, "\(text)")
        }
        let wanted = try #require(IPv4Address("10.0.0.2"))
        let isReserved = addresses.reserve(wanted)
        #expect(isReserved)
        let isReservedAgain = addresses.reserve(wanted)
        #expect(!isReservedAgain)
        #expect(addresses.allocate()?.description == "10.0.0.3")
    }
}
