import ContainerRuntime
import DNS
import Glibc
import LinuxKernel
import Testing

@testable import ContainerEngine

/// A resolver of the test's own: every name is at one address.
struct TestResolver: Sendable {
    let port: UInt16

    /// On this machine's loopback.
    init() throws {
        try self.init(
            FileDescriptor(owning: Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)), at: "127.0.0.1", port: 0,
            answering: IPv4(0xC000_024D))
    }

    /// - Parameter socket: of any network namespace.
    init(_ socket: FileDescriptor, at address: String, port wanted: UInt16, answering answer: IPv4) throws {
        let own = try #require(IPv4Address(address))
        try #require(own.withSocketAddress(port: wanted) { bind(socket.number, $0, $1) } == 0)
        port = try #require(SocketEnd.bound(socket.number)?.port)
        KernelThread.start("test-resolver") {
            var buffer = [UInt8](repeating: 0, count: 2048)
            while let (count, from) = SocketEnd.receive(socket.number, into: &buffer) {
                guard let query = try? DNSMessage(parsing: Array(buffer[..<count])),
                    let question = query.questions.first
                else { continue }
                var reply = DNSMessage(id: query.id)
                reply.isResponse = true
                reply.questions = [question]
                reply.answers = [.init(question.name, ttl: 5, .a(answer))]
                let bytes = reply.encoded()
                _ = from.withRaw { sendto(socket.number, bytes, bytes.count, 0, $0, $1) }
            }
        }
    }
}
