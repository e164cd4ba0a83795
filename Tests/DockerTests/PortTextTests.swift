import ContainerRuntime
import Testing

@testable import Docker

@Suite struct PortTextTests {
    private func ports(_ text: String) throws -> String {
        PortList.text(try PortFlag.ports(text))
    }

    @Test(
        "What is published is shown as docker shows it",
        arguments: [
            ("8080:80", "0.0.0.0:8080->80/tcp"), ("80", "0.0.0.0:0->80/tcp"), ("53:53/udp", "0.0.0.0:53->53/udp"),
            ("127.0.0.1:8080:80", "127.0.0.1:8080->80/tcp"), ("127.0.0.1::80", "127.0.0.1:0->80/tcp"),
            ("8000-8010:80-90", "0.0.0.0:8000-8010->80-90/tcp"), ("[::1]:8080:80", "[::1]:8080->80/tcp"),
            ("[::]:8000-8001:80-81/udp", "[::]:8000-8001->80-81/udp"), ("0.0.0.0:1:1/TCP", "0.0.0.0:1->1/tcp"),
        ])
    func forms(text: String, shown: String) throws {
        #expect(try ports(text) == shown)
    }

    @Test(
        "What is no port is refused",
        arguments: [
            "", "a", "0", "70000", "80:70000", "8000-8010:80-89", "8010-8000:80-90", "1:2:3:4", "80/sctp", "[::1]:80",
            "[::1:80", "[::1]8080:80", "::1:8080:80", "80:", ":", "[::1]:1:2:3", "80/", "-1:80", "80-:80-",
        ])
    func refusals(text: String) {
        #expect(throws: RuntimeError.self) { try PortFlag.ports(text) }
    }

    @Test("Neighbouring ports are joined, others are not; exposed ones come last")
    func groups() {
        let published = [
            PublishedPort(hostPort: 8082, containerPort: 82), PublishedPort(hostPort: 8080, containerPort: 80),
            PublishedPort(hostPort: 8081, containerPort: 81), PublishedPort(hostPort: 9000, containerPort: 83),
            PublishedPort(hostAddress: "127.0.0.1", hostPort: 8083, containerPort: 83),
            PublishedPort(hostPort: 53, containerPort: 53, transport: .udp),
        ]
        #expect(
            PortList.text(published, exposed: [(443, .tcp), (80, .tcp), (444, .tcp)])
                == "0.0.0.0:8080-8082->80-82/tcp, 0.0.0.0:9000->83/tcp, 127.0.0.1:8083->83/tcp, 0.0.0.0:53->53/udp, "
                + "443-444/tcp")
    }

    @Test("Exposed ports are read in all their forms")
    func exposed() {
        #expect(ExposedPorts.parse("80").map(\.port) == [80])
        #expect(ExposedPorts.parse("53/udp").map(\.transport) == [.udp])
        #expect(ExposedPorts.parse("8000-8002/tcp").map(\.port) == [8000, 8001, 8002])
        for text in ["", "0", "a/tcp", "80/sctp", "80/tcp/udp", "9-8"] {
            #expect(ExposedPorts.parse(text).isEmpty, "\(text)")
        }
    }

    @Test("Whatever is given to -p, it is ports or an error")
    func fuzz() {
        let letters = Array("0123456789:-/[].tcpudp")
        var state: UInt64 = 1
        func next(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        var accepted = 0
        for _ in 0..<50_000 {
            let text = String((0..<next(14)).map { _ in letters[next(letters.count)] })
            guard let ports = try? PortFlag.ports(text) else { continue }
            accepted += 1
            #expect(!ports.isEmpty && ports.allSatisfy { $0.containerPort > 0 }, "\(text)")
        }
        #expect(accepted > 100)
    }

    @Test("The socket that holds a port is found in the kernel's table")
    func holders() {
        let table = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0
               1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 20 4 30 10 -1
               2: broken
            """
        #expect(PortHolder.inodes(in: table, port: 8080) == ["4711"])
        #expect(PortHolder.inodes(in: table, port: 80).isEmpty)
        #expect(PortHolder.inodes(in: "", port: 80).isEmpty)
    }

    @Test("A network in docker's long form")
    func attachments() throws {
        let attachment = try NetworkFlags.attachment("name=sea,alias=a,ip=172.30.0.9,alias=b")
        #expect(attachment == NetworkAttachment("sea", aliases: ["a", "b"], address: "172.30.0.9"))
        #expect(try NetworkFlags.attachment("sea") == NetworkAttachment("sea"))
        for text in ["alias=a", "name=", "name=sea,color=blue", "name=sea,x"] {
            #expect(throws: RuntimeError.self, "\(text)") { try NetworkFlags.attachment(text) }
        }
    }

    @Test("Filters of networks: alternatives of one key, all labels, and never a silent mistake")
    func filters() throws {
        var network = NetworkStatus(id: "abc", name: "sea", driver: .bridge, createdAt: 0)
        network.labels = ["crew": "blue", "size": "2"]
        func matches(_ texts: String...) throws -> Bool {
            NetworkFilter.all(try texts.map { try NetworkFilter($0) }, match: network)
        }
        #expect(try matches())
        #expect(try matches("name=se", "driver=bridge"))
        #expect(try matches("name=lake", "name=sea"))
        #expect(try matches("label=crew", "label=size=2", "type=custom", "dangling=true", "scope=local"))
        #expect(try !matches("label=crew", "label=size=3"))
        #expect(try !matches("type=builtin"))
        #expect(throws: RuntimeError.self) { try NetworkFilter("color=blue") }
        #expect(throws: RuntimeError.self) { try NetworkFilter("type=mine") }
        #expect(throws: RuntimeError.self) { try NetworkFilter("name") }
    }
}
