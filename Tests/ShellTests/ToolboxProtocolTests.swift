import Testing

@testable import Shell

struct ToolboxProtocolTests {
    private func request(_ texts: [String], words: UInt32, entries: UInt32) -> [UInt8] {
        var payload: [UInt8] = []
        for text in texts { payload += Array(text.utf8) + [0] }
        func number(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        var bytes = Array("kj1\n".utf8)
        for value in [UInt32(payload.count) + 8, words, entries] { bytes += number(value) }
        return bytes + payload
    }

    @Test func requestIsReadHoweverItArrives() {
        let bytes = request(["/work", "kubectl", "get", "A=1", "B=x=y"], words: 2, entries: 2)
        let expected = CommandRequest(
            workingDirectory: "/work", words: ["kubectl", "get"], environment: ["A": "1", "B": "x=y"])
        for count in 0..<bytes.count { #expect(CommandRequest.parse(Array(bytes[..<count])) == .incomplete) }
        #expect(CommandRequest.parse(bytes + [2]) == .complete(expected, rest: [2]))
    }

    @Test func nonsenseIsRefused() {
        #expect(CommandRequest.parse(Array("GET / HTTP/1.1".utf8)) == .malformed)
        #expect(CommandRequest.parse(request(["/work"], words: 0, entries: 0)) == .malformed)
        #expect(CommandRequest.parse(request(["/work", "a"], words: .max, entries: .max)) == .malformed)
        #expect(
            CommandRequest.parse(Array("kj1\n".utf8) + [UInt8](repeating: 255, count: 12))
                == .malformed)
        var generator = SplitMix(seed: 3)
        for _ in 0..<5000 {
            var bytes = request(["/", "a", "b=c"], words: 1, entries: 1)
            for _ in 0..<3 {
                bytes[Int.random(in: 4..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            _ = CommandRequest.parse(bytes)
        }
    }

    @Test func endOfCellIsFoundAcrossReads() {
        let text = "a\u{1B}[1mb\u{1B}]133;D;other;1;;\u{07}한"
        let bytes = Array(text.utf8) + Array("\u{1B}]133;D;tok;7;6c730d;/work/가;나\u{07}".utf8)
        for size in 1...bytes.count {
            var filter = CellEndFilter(token: "tok")
            var shown: [UInt8] = []
            var ends: [CellEnd] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                let (part, end) = filter.pass(bytes[start..<min(start + size, bytes.count)])
                shown += part
                if let end { ends.append(end) }
            }
            #expect(String(decoding: shown, as: UTF8.self) == text)
            #expect(ends == [CellEnd(status: 7, unread: Array("ls\r".utf8), workingDirectory: "/work/가;나")])
        }
        var filter = CellEndFilter(token: "t")
        #expect(filter.pass(CellEndFilter.mark(token: "t", status: 130)).end == CellEnd(status: 130))
    }

    @Test func wordsAreQuotedForTheShell() {
        #expect(CellFeed.quoted("it's") == "'it'\\''s'")
        #expect(CellFeed.quoted("") == "''")
    }
}
