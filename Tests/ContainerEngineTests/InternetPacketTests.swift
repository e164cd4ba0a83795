import LinuxKernel
import Testing

@testable import ContainerEngine

@Suite struct InternetPacketTests {
    private let flow = Flow(
        client: IPv4Address(value: 0xAC11_0002), clientPort: 40_000, destination: IPv4Address(value: 0xC000_0201),
        port: 80)

    /// 172.17.0.2:40000 → 192.0.2.1:80, SYN, sequence 0x01020304, with an option and no checksum.
    private var opening: [UInt8] {
        var packet: [UInt8] = [0x45, 0, 0, 44, 0, 1, 0x40, 0, 64, 6, 0, 0, 172, 17, 0, 2, 192, 0, 2, 1]
        packet += [0x9C, 0x40, 0, 80, 1, 2, 3, 4, 0, 0, 0, 0, 6 << 4, 0x02, 0xFF, 0xFF, 0xAA, 0xBB, 0, 0]
        packet += [2, 4, 5, 0xB4]
        return packet
    }

    /// The sum over a whole segment with a right checksum is nothing.
    private func isRight(_ packet: [UInt8]) -> Bool {
        let segment = Array(packet[20...])
        let pseudo = packet[12..<20] + [0, packet[9], UInt8(segment.count >> 8), UInt8(segment.count & 0xFF)]
        return InternetPacket.checksum(Array(pseudo) + segment) == 0
    }

    @Test("The opening of a connection is read; nothing else is one")
    func reads() throws {
        let found = try #require(InternetPacket.opening(opening))
        #expect(found.flow == flow)
        #expect(found.sequence == 0x0102_0304)
        for (place, value): (Int, UInt8) in [(33, 0x12), (33, 0x04), (9, 17), (0, 0x65), (7, 1)] {
            var packet = opening
            packet[place] = value
            #expect(InternetPacket.opening(packet) == nil, "byte \(place)")
        }
        for length in 0..<40 { #expect(InternetPacket.opening(Array(opening.prefix(length))) == nil) }
    }

    @Test("A checksum that was left to the network card is put in")
    func checksums() {
        #expect(!isRight(opening))
        #expect(isRight(InternetPacket.checksummed(opening)))
        #expect(InternetPacket.checksummed([1, 2, 3]) == [1, 2, 3])
    }

    @Test("A refusal acknowledges the opening; both are right to the last bit")
    func refusals() {
        let refusal = InternetPacket.refusal(of: flow, sequence: 0x0102_0304)
        #expect(Array(refusal[12..<20]) == [192, 0, 2, 1, 172, 17, 0, 2])
        #expect(Array(refusal[20..<24]) == [0, 80, 0x9C, 0x40])
        #expect(Array(refusal[28..<32]) == [1, 2, 3, 5])
        #expect(refusal[33] == 0x14)
        #expect(isRight(refusal))
        #expect(InternetPacket.checksum(Array(refusal[..<20])) == 0)
        let message = InternetPacket.unreachable(
            flow, code: 1, protocol: InternetPacket.tcp, sequence: 5, from: HarbourNetwork.router)
        #expect(Array(message[20..<22]) == [3, 1])
        #expect(InternetPacket.checksum(Array(message[20...])) == 0)
        #expect(Array(message[28 + 12..<28 + 20]) == [172, 17, 0, 2, 192, 0, 2, 1])
    }

    @Test("No bytes trouble the reader")
    func fuzz() {
        var generator = SeededGenerator(seed: 3)
        var opened = 0
        for _ in 0..<20_000 {
            var packet = opening
            for _ in 0..<3 {
                packet[Int.random(in: 0..<packet.count, using: &generator)] = UInt8.random(
                    in: 0...255, using: &generator)
            }
            packet.removeLast(Int.random(in: 0...packet.count, using: &generator))
            if InternetPacket.opening(packet) != nil { opened += 1 }
            #expect(InternetPacket.checksummed(packet).count == packet.count)
            let logged = packet.withUnsafeBytes { LoggedPacket.packets(in: $0) }
            #expect(logged.allSatisfy { $0.count <= packet.count })
        }
        #expect(opened > 0)
    }
}

@Suite struct ProxyEnvironmentTests {
    private let address = IPv4Address(value: 0xC000_0201)

    @Test("The proxy for a port, in capitals or not; exceptions by address, range or all")
    func choice() throws {
        let environment = ProxyEnvironment([
            "HTTP_PROXY": "http://plain.example:3128", "https_proxy": "http://user:p%40ss@secure.example:8080/",
            "NO_PROXY": "10.0.0.0/8, 192.0.2.9,example.com",
        ])
        #expect(environment.tunnel(to: address, port: 80)?.host == "plain.example")
        let secure = try #require(environment.tunnel(to: address, port: 443))
        #expect(secure.host == "secure.example")
        #expect(secure.port == 8080)
        #expect(secure.credentials == "dXNlcjpwQHNz")
        #expect(environment.tunnel(to: IPv4Address(value: 0x0A01_0203), port: 443) == nil)
        #expect(environment.tunnel(to: IPv4Address(value: 0xC000_0209), port: 443) == nil)
        #expect(ProxyEnvironment(["ALL_PROXY": "p:1", "NO_PROXY": "*"]).tunnel(to: address, port: 1) == nil)
        #expect(ProxyEnvironment([:]).tunnel(to: address, port: 443) == nil)
    }

    @Test("What is no HTTP proxy is none")
    func addresses() {
        for text in ["", "socks5://a:1", "http://", "a:0", "a:99999", "a:b"] {
            #expect(ProxyTunnel(text) == nil, "\(text)")
        }
        #expect(ProxyTunnel("proxy.example")?.port == 80)
    }

    @Test("Only an answer of the 200s is a yes")
    func answers() {
        #expect(ProxyTunnel.grants(Array("HTTP/1.1 200 Connection established\r\n\r\n".utf8)))
        for text in ["HTTP/1.1 407 Authenticate\r\n\r\n", "HTTP/2 200\r\n", "", "HTTP/1.1", "HTTP/1.1 2000 x"] {
            #expect(!ProxyTunnel.grants(Array(text.utf8)), "\(text)")
        }
    }

    @Test("Base64 of any length")
    func base64() {
        let pairs = ["": "", "f": "Zg==", "fo": "Zm8=", "foo": "Zm9v", "foob": "Zm9vYg==", "foobar": "Zm9vYmFy"]
        for (text, coded) in pairs { #expect(ProxyTunnel.base64(Array(text.utf8)) == coded) }
    }
}
