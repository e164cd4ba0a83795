import ContainerRuntime
import Foundation
import Glibc
import LinuxKernel
import Testing

@testable import ContainerEngine

/// The programs that stand beside the test program.
func builtProgram(_ name: String) -> String {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent(name).path
}

/// A directory that is removed when the test has ended.
final class ScratchDirectory: Sendable {
    let path: String

    init(_ name: String) throws {
        var template = Array("/tmp/kijabi-\(name)-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite struct HarbourTests {
    private func makeHarbour(_ directory: ScratchDirectory) async throws -> Harbour {
        for name in ["run", "data"] {
            try FileManager.default.createDirectory(
                atPath: "\(directory.path)/\(name)", withIntermediateDirectories: true)
        }
        return try await Harbour.make(
            zygote: try ZygoteProcess(program: builtProgram("kijabi-zygote")), runDirectory: "\(directory.path)/run",
            dataDirectory: "\(directory.path)/data")
    }

    @Test func socketsAreMadeInTheHarboursNetwork() async throws {
        let directory = try ScratchDirectory("harbour")
        let harbour = try await makeHarbour(directory)
        let listener = try await harbour.makeSocket(domain: AF_INET, type: Int32(SOCK_STREAM.rawValue), protocol: 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(80).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        #expect(bound == 0)
        #expect(listen(listener, 1) == 0)
        let own = try #require(try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/net"))
        let other = try await harbour.networkNamespace()
        defer { close(other) }
        let inside = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(other)")
        #expect(own != inside)
        #expect(kill(harbour.pid, 0) == 0)
        harbour.end()
        await harbour.waitForEnd()
        #expect(kill(harbour.pid, 0) != 0)
    }

    @Test func anUnusableZygoteIsReported() async throws {
        #expect(throws: Errno(ENOENT)) { try ZygoteProcess(program: "/nonexistent/zygote") }
    }
}
