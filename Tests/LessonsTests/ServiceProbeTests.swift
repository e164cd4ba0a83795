import Documents
import Glibc
import Testing

@testable import Lessons

@Suite struct ServiceProbeTests {
    @Test(arguments: [
        "", "http://", "ftp://127.0.0.1:21", "http://127.0.0.1", "http://127.0.0.1:0/", "tcp://127.0.0.1:99999",
        "http://example.org:80/", "http://127.0.0.1:80:80/",
    ])
    func refusesWhatIsNoAddress(url: String) {
        #expect(ServiceProbe(url) == nil)
    }

    @Test func readsAddresses() throws {
        let probe = try #require(ServiceProbe("http://localhost:8080/a/b"))
        #expect(probe.address == "127.0.0.1" && probe.port == 8080 && probe.path == "/a/b")
        #expect(ServiceProbe("http://127.0.0.1:80")?.path == "/")
        #expect(ServiceProbe("tcp://10.0.0.1:5432")?.scheme == .tcp)
    }

    @Test func readsResponses() {
        #expect(
            ServiceProbe.document(of: "HTTP/1.1 404 Not Found\r\nA: b\r\n\r\nno\r\n\r\nmore")
                == ["status": 404, "body": "no\r\n\r\nmore"])
        #expect(ServiceProbe.document(of: "SSH-2.0-x") == nil)
        #expect(ServiceProbe.document(of: "HTTP/1.1 abc") == nil)
        #expect(ServiceProbe.document(of: "") == nil)
    }

    @Test func tellsAListenerFromNobody() async throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(listener >= 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 5) == 0 && getsockname(listener, $0, &size) == 0
            }
        }
        try #require(isBound)
        let port = UInt16(bigEndian: name.sin_port)
        let probe = try #require(ServiceProbe("tcp://127.0.0.1:\(port)"))
        #expect(await probe.answer() == ["connected": true])
        close(listener)
        #expect(await probe.answer() == nil)
    }
}
