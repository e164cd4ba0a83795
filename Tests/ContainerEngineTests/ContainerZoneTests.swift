import DNS
import Testing

@testable import ContainerEngine

@Suite struct ContainerZoneTests {
    private var zone: ContainerZone {
        var zone = ContainerZone()
        zone.set(["web", "www", "0123456789ab"], of: "s1", at: IPv4(0xAC12_0002), network: "n1", title: "sea")
        zone.set(["Api", "www"], of: "s2", at: IPv4(0xAC12_0003), network: "n1", title: "sea")
        zone.set(["db"], of: "s3", at: IPv4(0xAC13_0002), network: "n2", title: "lake")
        return zone
    }

    private func answer(_ name: String, _ type: DNSMessage.RecordType = .a, in networks: [String] = ["n1"]) throws
        -> ContainerZone.Answer
    {
        zone.answer(.init(try #require(DomainName(name)), type), networks: networks)
    }

    private func addresses(_ name: String, in networks: [String] = ["n1"]) throws -> [String]? {
        guard case .found(let data) = try answer(name, in: networks) else { return nil }
        return data.compactMap { if case .a(let address) = $0 { address.text } else { nil } }
    }

    @Test("Names, aliases, short ids and the network's name behind them")
    func names() throws {
        #expect(try addresses("web") == ["172.18.0.2"])
        #expect(try addresses("WEB") == ["172.18.0.2"])
        #expect(try addresses("0123456789ab") == ["172.18.0.2"])
        #expect(try addresses("api") == ["172.18.0.3"])
        #expect(try addresses("web.sea") == ["172.18.0.2"])
        #expect(try addresses("www") == ["172.18.0.2", "172.18.0.3"])
        #expect(try addresses("db", in: ["n1", "n2"]) == ["172.19.0.2"])
    }

    @Test("Who is not in a network does not learn its names")
    func walls() throws {
        #expect(try answer("db") == .noSuchName)
        #expect(try answer("db.lake") == .elsewhere)
        #expect(try answer("web", in: []) == .noSuchName)
        #expect(try answer("2.0.19.172.in-addr.arpa", .ptr) == .elsewhere)
        #expect(try answer("example.com") == .elsewhere)
    }

    @Test("A known name has no other records; an address has its name")
    func types() throws {
        #expect(try answer("web", .aaaa) == .found([]))
        #expect(
            try answer("3.0.18.172.in-addr.arpa", .ptr) == .found([.ptr(try #require(DomainName("api.sea")))]))
    }

    @Test("A renamed container is found by its new name only, one that has left by none")
    func changes() throws {
        var zone = zone
        zone.rename(["shop"], of: "s1", network: "n1")
        let web = DNSMessage.Question(try #require(DomainName("web")), .a)
        let shop = DNSMessage.Question(try #require(DomainName("shop")), .a)
        #expect(zone.answer(web, networks: ["n1"]) == .noSuchName)
        #expect(zone.answer(shop, networks: ["n1"]) == .found([.a(IPv4(0xAC12_0002))]))
        zone.remove("s1", network: "n1")
        #expect(zone.answer(shop, networks: ["n1"]) == .noSuchName)
    }

    // MARK: Messages

    private func query(_ name: String, _ type: DNSMessage.RecordType = .a) throws -> [UInt8] {
        var query = DNSMessage(id: 9)
        query.recursionDesired = true
        query.questions = [.init(try #require(DomainName(name)), type)]
        return query.encoded()
    }

    private func react(
        _ bytes: [UInt8], sources: Set<NameReaction.Source> = [.outside], rotation: Int = 0
    ) -> NameReaction {
        NameReaction(
            to: bytes, isStream: false, zone: zone, networks: ["n1"], sources: sources,
            delegated: [["cluster", "local"]], rotation: rotation)
    }

    private func reply(_ reaction: NameReaction) throws -> DNSMessage? {
        guard case .reply(let bytes) = reaction else { return nil }
        return try DNSMessage(parsing: bytes)
    }

    @Test("Shared names take turns")
    func turns() throws {
        let bytes = try query("www")
        let first = try #require(try reply(react(bytes, rotation: 0)))
        let second = try #require(try reply(react(bytes, rotation: 1)))
        #expect(first.answers.count == 2)
        #expect(first.answers.map(\.data) == second.answers.map(\.data).reversed())
        #expect(first.id == 9 && first.isResponse && first.recursionAvailable)
    }

    @Test("Other names are asked outside, or do not exist where there is no outside")
    func outside() throws {
        #expect(react(try query("example.com")) == .forward(.outside))
        #expect(try reply(react(try query("example.com"), sources: []))?.code == .nameError)
        let service = try query("web.default.svc.cluster.local")
        #expect(react(service, sources: [.outside, .delegate]) == .forward(.delegate))
        #expect(react(service, sources: [.delegate]) == .forward(.delegate))
        #expect(try reply(react(service))?.code == .nameError)
        #expect(try reply(react(try query("nobody")))?.code == .nameError)
        #expect(try reply(react(try query("web", .aaaa)))?.code == .noError)
    }

    @Test("Whatever bytes arrive, there is an answer, a forwarding or silence, and never an answer to an answer")
    func fuzz() throws {
        var generator = SeededGenerator(seed: 7)
        let seeds = [try query("www"), try query("example.com", .txt), try query("2.0.18.172.in-addr.arpa", .ptr)]
        var replies = 0
        for round in 0..<20_000 {
            var bytes = seeds[round % seeds.count]
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                switch Int.random(in: 0..<3, using: &generator) {
                case 0:
                    bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(
                        in: 0...255, using: &generator)
                case 1 where bytes.count > 2: bytes.removeLast(Int.random(in: 1..<bytes.count, using: &generator))
                default: bytes.append(UInt8.random(in: 0...255, using: &generator))
                }
            }
            switch react(bytes) {
            case .reply(let reply):
                replies += 1
                let message = try DNSMessage(parsing: reply)
                #expect(message.isResponse)
                #expect(bytes.count >= 3 && bytes[2] & 0x80 == 0)
            case .forward, .drop: break
            }
        }
        #expect(replies > 100)
    }
}
