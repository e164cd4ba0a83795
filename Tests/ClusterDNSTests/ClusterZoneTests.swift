@testable import ClusterDNS
import DNS
import Testing

@Suite struct ClusterZoneTests {
    private let zone = ClusterZone(records: SampleRecords())

    private func answer(_ name: String, _ type: DNSMessage.RecordType) throws -> ClusterZone.Answer? {
        zone.answer(.init(try #require(DomainName(name)), type))
    }

    @Test(
        "Names have the addresses the specification gives them",
        arguments: [
            ("web.default.svc.cluster.local", ["10.96.0.1"]), ("WEB.Default.svc.cluster.LOCAL", ["10.96.0.1"]),
            ("db.default.svc.cluster.local", ["10.244.1.5", "10.244.2.6"]),
            ("db-0.db.default.svc.cluster.local", ["10.244.1.5"]),
            ("10-244-2-6.db.default.svc.cluster.local", ["10.244.2.6"]),
            ("10-244-9-9.default.pod.cluster.local", ["10.244.9.9"]),
            // These exist, but have no address.
            ("default.svc.cluster.local", []), ("svc.cluster.local", []), ("cluster.local", []),
            ("_tcp.web.default.svc.cluster.local", []),
        ])
    func addresses(name: String, expected: [String]) throws {
        let answer = try #require(try answer(name, .a))
        #expect(answer.code == .noError)
        let found = answer.answers.compactMap { record -> String? in
            if case .a(let address) = record.data { address.text } else { nil }
        }
        #expect(found == expected)
        let six = try #require(try self.answer(name, .aaaa))
        #expect(six.code == .noError && six.answers.isEmpty, "a name without IPv6 exists all the same")
    }

    @Test(
        "Names that are not there",
        arguments: [
            "nope.default.svc.cluster.local", "web.other.svc.cluster.local", "other.svc.cluster.local",
            "db-9.db.default.svc.cluster.local", "x.web.default.svc.cluster.local", "empty.default.svc.cluster.local",
            "_udp.web.default.svc.cluster.local", "_ssh._tcp.web.default.svc.cluster.local", "foo.cluster.local",
            "1-2-3.default.pod.cluster.local", "10-244-9-9.other.pod.cluster.local", "99.0.96.10.in-addr.arpa",
        ])
    func missing(name: String) throws {
        #expect(try #require(try answer(name, .a)).code == .nameError)
    }

    @Test(
        "Names that are not the cluster's",
        arguments: ["example.com", "local", "xcluster.local", "8.8.8.8.in-addr.arpa", "web"])
    func foreign(name: String) throws {
        #expect(try answer(name, .a) == nil)
    }

    @Test func externalNamesPointAway() throws {
        let answer = try #require(try answer("shop.default.svc.cluster.local", .a))
        #expect(answer.answers.map(\.data) == [.cname(try #require(DomainName("shop.example.com")))])
    }

    @Test func portsAreFound() throws {
        let web = try #require(try answer("_http._tcp.web.default.svc.cluster.local", .srv))
        let target = try #require(DomainName("web.default.svc.cluster.local"))
        #expect(web.answers.map(\.data) == [.srv(priority: 0, weight: 100, port: 80, target: target)])
        #expect(web.additionals.map(\.data) == [.a(IPv4(0x0A60_0001))])
        let db = try #require(try answer("_http._tcp.db.default.svc.cluster.local", .srv))
        #expect(db.answers.count == 2)
        #expect(db.additionals.map(\.name.text).sorted().first == "10-244-2-6.db.default.svc.cluster.local")
    }

    @Test func addressesHaveNames() throws {
        let service = try #require(try answer("1.0.96.10.in-addr.arpa", .ptr))
        #expect(service.answers.map(\.data) == [.ptr(try #require(DomainName("web.default.svc.cluster.local")))])
        let endpoint = try #require(try answer("5.1.244.10.in-addr.arpa", .ptr))
        #expect(endpoint.answers.map(\.data) == [.ptr(try #require(DomainName("db-0.db.default.svc.cluster.local")))])
    }

    @Test func repliesCarryTheirAuthority() throws {
        let responder = DNSResponder(zone: zone, forwards: false)
        func ask(_ name: String, edns: UInt16? = nil, version: UInt8 = 0) throws -> DNSMessage {
            var query = DNSMessage(id: 9)
            query.recursionDesired = true
            query.questions = [.init(try #require(DomainName(name)), .a)]
            if let edns { query.extension = .init(payloadSize: edns, version: version) }
            guard case .reply(let bytes) = responder.react(to: query.encoded(), over: .udp) else {
                throw DNSParseError.tooShort
            }
            return try DNSMessage(parsing: bytes)
        }
        let missing = try ask("nope.default.svc.cluster.local")
        #expect(missing.code == .nameError)
        #expect(missing.isAuthoritative)
        #expect(missing.authorities.first?.data.type == .soa)
        #expect(missing.extension == nil)
        #expect(try ask("web.default.svc.cluster.local", edns: 4096).extension?.payloadSize == 1232)
        #expect(try ask("web.default.svc.cluster.local", edns: 4096, version: 1).code == .badVersion)
        #expect(try ask("example.com").code == .refused)
    }

    @Test func onlyQueriesAreAnswered() throws {
        let responder = DNSResponder(zone: zone, forwards: true)
        var response = DNSMessage(id: 1)
        response.isResponse = true
        #expect(responder.react(to: response.encoded(), over: .udp) == .drop)
        #expect(responder.react(to: [1, 2, 3], over: .udp) == .drop)
        var query = DNSMessage(id: 1)
        query.questions = [.init(try #require(DomainName("example.com")), .a)]
        #expect(responder.react(to: query.encoded(), over: .udp) == .forward)
    }

    @Test func hostResolversAreRead() {
        let text = "# comment\nsearch example.com\nnameserver 192.0.2.1\nnameserver\t192.0.2.2\nnameserver ::1\n"
        #expect(HostResolver.parse(text).map(\.text) == ["192.0.2.1", "192.0.2.2"])
    }
}
