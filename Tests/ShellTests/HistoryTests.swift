import Glibc
import Testing

@testable import Shell

struct HistoryTests {
    private let path = "/tmp/kijabi-history-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"

    @Test func entriesOfSeveralLinesSurvive() {
        defer { unlink(path) }
        let first = History(file: HistoryFile(path: path))
        first.append("for i in 1\ndo echo \\n \\\\\ndone")
        first.append("echo 한글")
        first.append("echo 한글")
        first.append(" hidden")
        #expect(History(file: HistoryFile(path: path)).all == ["for i in 1\ndo echo \\n \\\\\ndone", "echo 한글"])
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }

    @Test func twoShellsLoseNothing() async {
        defer { unlink(path) }
        let file = HistoryFile(path: path)
        await withTaskGroup(of: Void.self) { group in
            for shell in 0..<4 {
                group.addTask { for number in 0..<50 { file.append("\(shell) \(number)\nsecond") } }
            }
        }
        let entries = file.load()
        #expect(entries.count == 200)
        for shell in 0..<4 {
            #expect(entries.filter { $0.hasPrefix("\(shell) ") } == (0..<50).map { "\(shell) \($0)\nsecond" })
        }
    }

    @Test func aLineCutOffByACrashIsKept() {
        defer { unlink(path) }
        let descriptor = open(path, O_WRONLY | O_CREAT, 0o600)
        _ = write(descriptor, "ls\nkubec", 8)
        close(descriptor)
        #expect(HistoryFile(path: path).load() == ["ls", "kubec"])
    }

    @Test func arrowsFindWhatBeginsAlike() {
        var cursor = HistoryCursor(entries: ["kubectl a", "ls", "kubectl b", "kubectl b"], draft: "kub")
        #expect(cursor.older() == "kubectl b")
        #expect(cursor.older() == "kubectl a")
        #expect(cursor.older() == nil)
        #expect(cursor.newer() == "kubectl b")
        #expect(cursor.newer() == "kub")
        #expect(cursor.newer() == nil)
    }

    @Test func searchGoesBack() {
        var search = HistorySearch(entries: ["echo 안녕", "ls", "echo 안녕히", "echo 안녕히"])
        for scalar in "안녕".unicodeScalars { search.append(scalar) }
        #expect(search.found == "echo 안녕히")
        search.older()
        #expect(search.found == "echo 안녕")
        search.older()
        #expect(search.isMissing)
        search.dropLast()
        #expect(search.found == "echo 안녕히")
    }
}
