import ContainerRuntime
import Foundation
import Glibc
import LinuxKernel
import Testing

@testable import ContainerEngine

/// Containers that never stop talking, and readers that do not keep up.
@Suite(.serialized) struct FloodTests {
    private static let flood = 40_000_000

    private func residentKilobytes() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
        return try #require(Int(line.filter(\.isNumber)))
    }

    /// Who is attached gets every byte: the container waits for the slowest.
    @Test func anAttachedReaderThatIsSlowMakesTheContainerWait() async throws {
        let fixture = try await EngineFixture()
        let id = try await fixture.create(["sh", "-c", "yes | head -c \(Self.flood)"])
        let pipe = try LinuxKernel.Pipe()
        let before = try residentKilobytes()
        let session = try await fixture.engine.attach(
            id, streams: StreamDescriptors(output: pipe.writeEnd.number, error: pipe.writeEnd.number))
        try await fixture.engine.startContainer(id)
        let waiting = Task { try await session.wait() }
        @Sendable func read(atMost limit: Int) async -> Int {
            await KernelThread.run("test-reader") {
                var buffer = [UInt8](repeating: 0, count: 1 << 16)
                var total = 0
                while total < limit {
                    let count = Glibc.read(pipe.readEnd.number, &buffer, min(buffer.count, limit - total))
                    if count <= 0 { break }
                    total += count
                }
                return total
            }
        }
        let first = await read(atMost: 10_000_000)
        #expect(first == 10_000_000)
        // Most of it is still to come, and nobody keeps it for us.
        #expect(try await fixture.engine.containerStatus(id).state == .running)
        #expect(try residentKilobytes() - before < 24 << 10)
        // Others are served meanwhile.
        #expect(try await fixture.shell("echo here") == "here")
        let rest = await read(atMost: Self.flood - first)
        #expect(first + rest == Self.flood)
        #expect(try await waiting.value.code == 0)
        await fixture.engine.shutdown()
    }

    /// Who only follows the log does not: the log is bounded, and so is what a reader costs that has stopped.
    @Test func aFollowerThatHasStoppedCostsNothing() async throws {
        let fixture = try await EngineFixture()
        let before = try residentKilobytes()
        let script = "yes $(printf %0500d 0) | head -c \(Self.flood); echo; echo over"
        let id = try await fixture.start("sh", "-c", script)
        var reader = try await fixture.engine.logs(id, LogOptions(follow: true)).makeAsyncIterator()
        #expect(await reader.next()?.bytes.count == 501)
        #expect(try await fixture.engine.waitContainer(id).code == 0)
        #expect(try residentKilobytes() - before < 24 << 10)
        let logs = fixture.engine.runDirectory + "/logs"
        let size = try FileManager.default.subpathsOfDirectory(atPath: logs).reduce(0) { total, name in
            total + ((try FileManager.default.attributesOfItem(atPath: logs + "/" + name)[.size] as? Int) ?? 0)
        }
        #expect(size > 1 << 20 && size < 3 * ContainerLog.standardLimit)
        // It takes up again what is still there, to the end.
        var last: [UInt8] = []
        while let line = await reader.next() { last = line.bytes }
        #expect(last == Array("over\n".utf8))
        await fixture.engine.shutdown()
    }
}
