import ContainerRuntime
import Foundation
import Testing

@testable import ContainerEngine

@Suite struct ContainerLogTests {
    private func text(_ log: ContainerLog, _ options: LogOptions = LogOptions()) async -> [String] {
        var lines: [String] = []
        for await line in log.lines(options) { lines.append(String(decoding: line.bytes, as: UTF8.self)) }
        return lines
    }

    /// It keeps the newest, at least one file's worth, and no more than two and a record.
    @Test func itIsBounded() async throws {
        let scratch = try ScratchDirectory("log")
        let log = ContainerLog(path: scratch.path + "/log", limit: 10_000, now: { 1 })
        for number in 0..<5_000 { log.append(Array("line \(number)\n".utf8), isError: number % 2 == 0) }
        log.finish()
        let lines = await text(log)
        #expect(lines.last == "line 4999\n" && lines.count > 400 && lines.count < 1_000)
        #expect(lines.first == "line \(5_000 - lines.count)\n")
        #expect(await text(log, LogOptions(tail: 3)) == ["line 4997\n", "line 4998\n", "line 4999\n"])
        let sizes = try FileManager.default.contentsOfDirectory(atPath: scratch.path).map {
            try FileManager.default.attributesOfItem(atPath: scratch.path + "/" + $0)[.size] as? Int ?? 0
        }
        #expect(sizes.reduce(0, +) < 20_100)
        log.remove()
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
    }
}
