import Commands
import Glibc
import Terminal
import Testing

@testable import Shell

/// libedit keeps state of its own: one editor at a time.
@Suite(.serialized) struct LineEditorTests {
    private func line(_ keys: [String], history: [String] = []) throws -> [LineEditor.Outcome]? {
        let terminal = try #require(EditorOnTerminal(history: history))
        for key in keys { terminal.type(key) }
        return terminal.outcomes()
    }

    @Test func koreanIsEditedBySyllables() throws {
        #expect(try line(["echo 안녕하세요", "\u{7F}\u{7F}", "히\r"]) == [.line("echo 안녕하히")])
        #expect(try line(["가나다", "\u{1B}[D\u{1B}[D", "X", "\u{1B}[3~", "\r"]) == [.line("가X다")])
    }

    @Test func lettersThatComeApartAreComposed() throws {
        // 한 as three conjoining letters, é as a letter and an accent.
        #expect(
            try line(["\u{1112}\u{1161}\u{11AB}\u{1100}\u{1173}\u{11AF}", "\u{7F}", "e\u{301}\r"]) == [.line("한é")])
    }

    @Test func emojiOfSeveralScalarsGoAtOnce() throws {
        #expect(try line(["a👩‍🚀", "\u{7F}", "b\r"]) == [.line("ab")])
    }

    @Test func movingKeys() throws {
        #expect(try line(["bc", "\u{1B}[H", "a", "\u{1B}[F", "d", "\r"]) == [.line("abcd")])
        #expect(try line(["bc", "\u{1B}OH", "a", "\u{1B}[4~", "d", "\r"]) == [.line("abcd")])
        #expect(try line(["one two", "\u{1B}[1;5D", "X", "\r"]) == [.line("one Xtwo")])
        #expect(try line(["abc", "\u{1B}[24~\u{1B}[200", "q\r"]) != nil)
    }

    @Test func interruptAndEnd() throws {
        #expect(try line(["half a li", "\u{03}"]) == [.interrupted])
        #expect(try line(["\u{04}"]) == [.end])
        #expect(try line(["ab", "\u{1B}[D", "\u{04}", "\r"]) == [.line("a")])
        #expect(try line(["a", "\u{1A}", "b\r"]) == [.line("ab")])
    }

    @Test func historyWithArrows() throws {
        let entries = ["kubectl get pods", "ls", "for i in 1\ndo x\ndone"]
        #expect(try line(["\u{1B}[A", "\r"], history: entries) == [.line("for i in 1\ndo x\ndone")])
        #expect(try line(["ku", "\u{1B}[A", "\r"], history: entries) == [.line("kubectl get pods")])
        #expect(try line(["\u{10}\u{10}", "\u{0E}\u{0E}", "x\r"], history: entries) == [.line("x")])
    }

    @Test func searchKnowsHangul() throws {
        let entries = ["echo 안녕 하세요", "ls -l", "echo 안녕히"]
        let terminal = try #require(EditorOnTerminal(history: entries))
        #expect(terminal.type("\u{12}", thenSee: "search"))
        #expect(terminal.type("안녕", thenSee: "안녕히"))
        #expect(terminal.type("\u{12}", thenSee: "하세요"))
        terminal.type("\u{05}")
        terminal.type("!\r")
        #expect(terminal.outcomes() == [.line("echo 안녕 하세요!")])
    }

    @Test func searchCanBeLeft() throws {
        #expect(try line(["draft", "\u{12}ls", "\u{07}", "\r"], history: ["ls -l"]) == [.line("draft")])
        #expect(try line(["\u{12}zzz", "\u{03}", "x\r"], history: ["ls -l"]) == [.line("x")])
    }

    @Test func pasteIsOneText() throws {
        let pasted = "\u{1B}[200~for i in 1 2\rdo\techo $i\ndone\n\u{1B}[201~"
        #expect(try line([pasted, "\r"]) == [.line("for i in 1 2\ndo    echo $i\ndone")])
        #expect(try line(["a \u{1B}[200~한\u{1B}글\u{03}\u{1B}[201~", " b\r"]) == [.line("a 한글 b")])
    }

    @Test func tabPutsInWhatIsSureAndListsTheRest() throws {
        let terminal = try #require(
            EditorOnTerminal { before in
                let typed = before.split(separator: " ").last.map(String.init) ?? ""
                let names = ["kubectl", "web-1", "web-2"].filter { $0.hasPrefix(typed) }
                return CompletionMenu(typed: typed, candidates: names.map { Completion($0, explanation: "(\($0))") })
            })
        #expect(terminal.type("ku\t", thenSee: "ctl"))
        #expect(terminal.type("w\t", thenSee: "eb-"))
        #expect(terminal.type("\t", thenSee: "(web-2)"))
        terminal.type("2\t\r")
        #expect(terminal.outcomes() == [.line("kubectl web-2 ")])
    }

    @Test func noticesDoNotSpoilTheLine() throws {
        let terminal = try #require(EditorOnTerminal(columns: 20))
        #expect(terminal.type("echo 한글한글한글한글한글", thenSee: "글"))
        terminal.news.post("news!\n")
        #expect(terminal.waitForText("news!\r\n"))
        #expect(terminal.waitForText("⎈ echo"))
        terminal.type(" x\r")
        #expect(terminal.outcomes() == [.line("echo 한글한글한글한글한글 x")])
    }

    @Test func aNewSizeKeepsTheLine() throws {
        let terminal = try #require(EditorOnTerminal(columns: 40))
        terminal.type("echo a long line that takes more than forty columns")
        var size = winsize(ws_row: 24, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(terminal.leader, UInt(TIOCSWINSZ), &size)
        terminal.news.windowMayHaveChanged()
        terminal.type("!\r")
        #expect(terminal.outcomes() == [.line("echo a long line that takes more than forty columns!")])
    }

    @Test func beingAskedToLeaveEndsTheLine() throws {
        let terminal = try #require(EditorOnTerminal())
        terminal.type("half")
        terminal.news.leave()
        #expect(terminal.outcomes() == [.leave])
    }

    @Test func bytesThatAreNoTextDoNoHarm() throws {
        var generator = SplitMix(seed: 11)
        for _ in 0..<5 {
            let terminal = try #require(EditorOnTerminal(history: ["a", "b"]))
            let bytes = (0..<300).map { _ in UInt8.random(in: 0...255, using: &generator) }
            // Neither the end of input nor of the line.
            let safe = bytes.filter { ![0x03, 0x04, 0x0A, 0x0D, 0x1C].contains($0) }
            _ = safe.withUnsafeBytes { write(terminal.leader, $0.baseAddress, $0.count) }
            terminal.type("\u{1B}[201~")
            usleep(100_000)
            terminal.type("\u{07}\u{03}")
            terminal.type("\u{03}")
            #expect(terminal.outcomes() != nil)
        }
    }
}
