@testable import ClusterDNS
import DNS
import Testing

@Suite struct DNSMessageTests {
    /// A query as busybox's nslookup sends it: `web.default.svc.cluster.local` IN A, recursion desired.
    private let query: [UInt8] =
        [0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0, 3] + Array("web".utf8) + [7] + Array("default".utf8) + [3]
        + Array("svc".utf8) + [7] + Array("cluster".utf8) + [5] + Array("local".utf8) + [0, 0, 1, 0, 1]

    @Test func readsAQuery() throws {
        let message = try DNSMessage(parsing: query)
        #expect(message.id == 0x1234)
        #expect(message.recursionDesired)
        #expect(!message.isResponse)
        #expect(message.questions.map(\.name.text) == ["web.default.svc.cluster.local"])
        #expect(message.questions.map(\.type) == [.a])
        #expect(message.encoded() == query)
    }

    @Test func everyRecordSurvivesTheWay() throws {
        let name = try #require(DomainName("web.default.svc.cluster.local"))
        let other = try #require(DomainName("10-244-1-5.web.default.svc.cluster.local"))
        var message = DNSMessage(id: 7)
        message.isResponse = true
        message.isAuthoritative = true
        message.code = .badVersion
        message.questions = [.init(name, .any)]
        message.answers = [
            .init(name, ttl: 5, .a(try #require(IPv4("10.96.0.10")))), .init(name, ttl: 5, .cname(other)),
            .init(name, ttl: 5, .ptr(other)), .init(name, ttl: 5, .ns(other)), .init(name, ttl: 5, .txt([2, 65, 66])),
            .init(name, ttl: 5, .srv(priority: 0, weight: 50, port: 80, target: other)),
            .init(name, ttl: 5, .other(.aaaa, Array(repeating: 1, count: 16))),
        ]
        message.authorities = [
            .init(
                name, ttl: 5,
                .soa(
                    .init(
                        server: name, mailbox: other, serial: 1, refresh: 2, retry: 3, expire: 4, minimum: 5)))
        ]
        message.extension = .init(payloadSize: 1232, version: 0, wantsDNSSEC: true)
        let bytes = message.encoded()
        #expect(try DNSMessage(parsing: bytes) == message)
        #expect(bytes.count < 350, "names are compressed")
    }

    @Test(
        "Malformed messages are refused",
        arguments: [
            ([], DNSParseError.tooShort),
            ([0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0], .tooShort),
            // A name that points to itself, forward, or has a reserved label type.
            ([0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xC0, 12, 0, 1, 0, 1], .badName),
            ([0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xC0, 40, 0, 1, 0, 1], .badName),
            ([0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 1, 0, 1], .badName),
            // An A record of three octets.
            ([0, 1, 0x80, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 3, 1, 2, 3], .badRecord),
        ] as [([UInt8], DNSParseError)])
    func malformed(bytes: [UInt8], error: DNSParseError) {
        #expect(throws: error) { try DNSMessage(parsing: bytes) }
    }

    @Test func noBytesMakeItCrash() {
        var generator = SeededGenerator(state: 42)
        let zone = ClusterZone(records: SampleRecords())
        let responder = DNSResponder(zone: zone, forwards: false)
        for round in 0..<30_000 {
            var bytes = query
            if round % 3 == 0 {
                bytes = (0..<Int.random(in: 0...80, using: &generator)).map { _ in
                    .random(in: 0...255, using: &generator)
                }
            } else {
                for _ in 0..<Int.random(in: 1...6, using: &generator) {
                    bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
                }
                if round % 5 == 0 { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator)) }
            }
            if let message = try? DNSMessage(parsing: bytes) {
                // What was read can be written, and reads the same again.
                #expect((try? DNSMessage(parsing: message.encoded())) == message)
            }
            if case .reply(let reply) = responder.react(to: bytes, over: .udp) {
                #expect((try? DNSMessage(parsing: reply))?.isResponse == true)
                #expect(reply.count <= 1232)
            }
        }
    }

    @Test func whatDoesNotFitIsMarked() throws {
        let name = try #require(DomainName("headless.default.svc.cluster.local"))
        var message = DNSMessage(id: 1)
        message.questions = [.init(name, .a)]
        message.answers = (0..<100).map { .init(name, ttl: 5, .a(IPv4(UInt32($0)))) }
        let short = try DNSMessage(parsing: message.encoded(limit: 512))
        #expect(short.isTruncated)
        #expect(!short.answers.isEmpty)
        #expect(message.encoded(limit: 512).count <= 512)
        #expect(try DNSMessage(parsing: message.encoded(limit: 4096)).answers.count == 100)
    }
}

/// SplitMix64: the same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}

/// A small cluster: `web` with an address, `db` headless with a named and an unnamed endpoint, `shop` elsewhere.
struct SampleRecords: ClusterRecords {
    private let http = PortRecord(name: "http", transport: "tcp", port: 80)

    func service(namespace: String, name: String) -> ServiceRecord? {
        guard namespace == "default" else { return nil }
        switch name {
        case "web": return ServiceRecord(address: .cluster(IPv4(0x0A60_0001)), ports: [http])
        case "db", "empty": return ServiceRecord(address: .headless, ports: [http])
        case "shop": return ServiceRecord(address: .external("shop.example.com"), ports: [])
        default: return nil
        }
    }

    func endpoints(namespace: String, service: String) -> [EndpointRecord] {
        guard service == "db" else { return [] }
        let port = PortRecord(name: "http", transport: "tcp", port: 8080)
        return [
            EndpointRecord(hostname: "db-0", address: IPv4(0x0AF4_0105), ports: [port]),
            EndpointRecord(address: IPv4(0x0AF4_0206), ports: [port]),
        ]
    }

    func hasNamespace(_ name: String) -> Bool { name == "default" }

    func names(of address: IPv4) -> [ReverseRecord] {
        switch address.text {
        case "10.96.0.1": [ReverseRecord(namespace: "default", service: "web")]
        case "10.244.1.5": [ReverseRecord(namespace: "default", service: "db", label: "db-0")]
        default: []
        }
    }
}
