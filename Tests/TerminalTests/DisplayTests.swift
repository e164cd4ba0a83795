import Testing

@testable import Terminal

@Suite struct DisplayTests {
    @Test(arguments: [
        ("abc", 3), ("컨테이너", 8), ("\u{1B}[31m키\u{1B}[0m", 2), ("é", 1), ("e\u{301}", 1), ("🚢", 2), ("", 0), ("⎈", 1),
        ("\u{1112}\u{1161}\u{11AB}", 2), ("\u{1B}]133;A\u{07}x", 1),
    ])
    func widths(text: String, columns: Int) {
        #expect(DisplayWidth.of(text) == columns)
    }

    @Test func tablesLineUpWithHangul() {
        let table = TablePrinter(rows: [["NAME", "AGE"], ["키잡이", "5s"]])
        #expect(table.text() == "NAME     AGE\n키잡이   5s\n")
    }

    @Test func linesWrapByWidth() {
        #expect(LineWrap.lines("one two three", columns: 7) == ["one two", "three"])
        #expect(LineWrap.lines("컨테이너는 같은 커널", columns: 10) == ["컨테이너는", "같은 커널"])
        #expect(LineWrap.lines("abcdefgh", columns: 3) == ["abc", "def", "gh"])
        #expect(LineWrap.lines("", columns: 3) == [""])
    }

    @Test func markdownIsPlainWithoutColour() {
        let screen = MarkdownScreen(style: Style(isEnabled: false), columns: 40)
        #expect(
            screen.lines("Some **bold** and `code`.\n\n- one\n- two\n\n1. x\n") == [
                "Some bold and code.", "", "• one", "• two", "", "1. x",
            ])
        #expect(MarkdownScreen(style: Style(isEnabled: true), columns: 40).lines("**x**") == ["\u{1B}[1mx\u{1B}[0m"])
    }

    @Test(arguments: [
        ("kubctl", "kubectl"), ("dokcer", "docker"), ("pdos", "pods"), ("svc", nil), ("deploymnet", "deployments"),
    ])
    func suggestions(word: String, expected: String?) {
        #expect(Suggestion.nearest(to: word, in: ["kubectl", "docker", "pods", "deployments"]) == expected)
    }

    @Test func coloursAreRefused() {
        #expect(Style(isTerminal: true, environment: [:]).isEnabled)
        #expect(!Style(isTerminal: false, environment: [:]).isEnabled)
        #expect(!Style(isTerminal: true, environment: ["NO_COLOR": "1"]).isEnabled)
        #expect(!Style(isTerminal: true, environment: ["TERM": "dumb"]).isEnabled)
    }

    @Test func escapesAreRemoved() {
        #expect(EscapeSequences.removed(from: "\u{1B}[1;31mhot\u{1B}[0m\r\nnext\rover") == "hot\nnext\nover")
        #expect(EscapeSequences.removed(from: "a\u{08}b\u{1B}") == "b")
    }

    @Test func languages() {
        #expect(Language(environment: ["LANG": "ko_KR.UTF-8"]) == .korean)
        #expect(Language(environment: ["LANG": "ko_KR.UTF-8", "LC_ALL": "C"]) == .english)
        #expect(Language(environment: ["KIJABI_LANG": "ko", "LC_ALL": "C"]) == .korean)
        #expect(Language(environment: [:]) == .english)
    }
}
