@testable import ClusterDNS
import DNS
import ContainerRuntime
import Glibc
import Testing

/// The server over real sockets, on the loopback of this machine.
@Suite(.serialized) struct DNSServerTests {
    private struct Served {
        let server: DNSServer
        let address: SocketAddress
    }

    private func serve(upstream: [SocketAddress] = []) throws -> Served {
        let server = DNSServer(zone: ClusterZone(records: SampleRecords()), upstream: upstream)
        for port in (20_000...60_000).shuffled().prefix(50) {
            let address = SocketAddress(IPv4(0x7F00_0001), UInt16(port))
            let udp = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
            let tcp = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            do throws(RuntimeError) {
                try server.start(udp: udp, tcp: tcp, at: address)
                return Served(server: server, address: address)
            } catch {
                continue
            }
        }
        throw RuntimeError.unavailable(reason: "no free port")
    }

    private func query(_ name: String) throws -> [UInt8] {
        var query = DNSMessage(id: 77)
        query.questions = [.init(try #require(DomainName(name)), .a)]
        return query.encoded()
    }

    private func connected(_ type: __socket_type, to address: SocketAddress) -> Int32 {
        let client = socket(AF_INET, Int32(type.rawValue), 0)
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        _ = address.withRaw { connect(client, $0, $1) }
        return client
    }

    @Test func answersDatagrams() async throws {
        let served = try serve()
        let client = connected(SOCK_DGRAM, to: served.address)
        defer { close(client) }
        let bytes = try query("web.default.svc.cluster.local")
        #expect(send(client, bytes, bytes.count, 0) == bytes.count)
        var buffer = [UInt8](repeating: 0, count: 512)
        let count = recv(client, &buffer, buffer.count, 0)
        let reply = try DNSMessage(parsing: Array(buffer.prefix(max(0, count))))
        #expect(reply.id == 77)
        #expect(reply.answers.map(\.data) == [.a(IPv4(0x0A60_0001))])
        await served.server.stop()
    }

    @Test func answersSeveralQueriesOnOneConnection() async throws {
        let served = try serve()
        let client = connected(SOCK_STREAM, to: served.address)
        defer { close(client) }
        var stream: [UInt8] = []
        for name in ["web.default.svc.cluster.local", "nope.default.svc.cluster.local"] {
            let bytes = try query(name)
            stream += [UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF)] + bytes
        }
        // In two pieces, the first ending inside a length.
        #expect(send(client, stream, 1, 0) == 1)
        let rest = Array(stream.dropFirst())
        #expect(send(client, rest, rest.count, 0) == rest.count)
        var received: [UInt8] = []
        var codes: [DNSMessage.ResponseCode] = []
        var buffer = [UInt8](repeating: 0, count: 512)
        while codes.count < 2 {
            let count = recv(client, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            received += buffer[..<count]
            while received.count >= 2, received.count >= 2 + Int(received[0]) << 8 + Int(received[1]) {
                let length = Int(received[0]) << 8 + Int(received[1])
                codes.append(try DNSMessage(parsing: Array(received[2..<2 + length])).code)
                received.removeFirst(2 + length)
            }
        }
        #expect(codes == [.noError, .nameError])
        await served.server.stop()
    }

    @Test func asksTheMachinesResolverAboutOtherNames() async throws {
        let resolver = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(resolver) }
        #expect(SocketAddress(IPv4(0x7F00_0001), 0).withRaw { bind(resolver, $0, $1) } == 0)
        var raw = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &raw) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(resolver, $0, &length) }
        }
        let served = try serve(upstream: [SocketAddress(raw)])
        let client = connected(SOCK_DGRAM, to: served.address)
        defer { close(client) }
        let bytes = try query("example.com")
        send(client, bytes, bytes.count, 0)
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(resolver, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var buffer = [UInt8](repeating: 0, count: 512)
        let (count, from) = try #require(SocketAddress.receive(resolver, into: &buffer))
        var reply = try DNSMessage(parsing: Array(buffer[..<count]))
        #expect(reply.questions.first?.name.text == "example.com")
        reply.isResponse = true
        reply.answers = [.init(try #require(reply.questions.first?.name), ttl: 60, .a(IPv4(0xC000_0201)))]
        let answer = reply.encoded()
        _ = from.withRaw { sendto(resolver, answer, answer.count, 0, $0, $1) }
        let size = recv(client, &buffer, buffer.count, 0)
        let received = try DNSMessage(parsing: Array(buffer.prefix(max(0, size))))
        #expect(received.id == 77, "the client sees the number it chose")
        #expect(received.answers.map(\.data) == [.a(IPv4(0xC000_0201))])
        await served.server.stop()
    }

    @Test func aSilentResolverIsAFailure() async throws {
        let served = try serve(upstream: [SocketAddress(IPv4(0x7F00_0001), 1)])
        let client = connected(SOCK_DGRAM, to: served.address)
        defer { close(client) }
        let bytes = try query("example.com")
        send(client, bytes, bytes.count, 0)
        var buffer = [UInt8](repeating: 0, count: 512)
        let count = recv(client, &buffer, buffer.count, 0)
        #expect(try DNSMessage(parsing: Array(buffer.prefix(max(0, count)))).code == .serverFailure)
        await served.server.stop()
    }

    @Test func refusesOtherNamesWhereNobodyCanBeAsked() async throws {
        let served = try serve()
        let client = connected(SOCK_DGRAM, to: served.address)
        defer { close(client) }
        let bytes = try query("example.com")
        send(client, bytes, bytes.count, 0)
        var buffer = [UInt8](repeating: 0, count: 512)
        let count = recv(client, &buffer, buffer.count, 0)
        #expect(try DNSMessage(parsing: Array(buffer.prefix(max(0, count)))).code == .refused)
        await served.server.stop()
        await served.server.stop()
    }
}
