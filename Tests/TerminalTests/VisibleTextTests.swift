import Terminal
import Testing

@Suite struct VisibleTextTests {
    @Test(arguments: [
        ("plain 키잡이", "plain 키잡이"), ("\u{1B}]0;title\u{07}x", "^[]0;title^Gx"), ("a\tb\u{7F}", "a^Ib^?"),
        ("one\ntwo", "one..."), ("one\r\ntwo", "one..."), ("\rover", "..."), ("\u{9B}31m", "M-^[31m"), ("", ""),
    ])
    func aCell(text: String, shown: String) { #expect(VisibleText.cell(text) == shown) }

    @Test func linesKeepTheirShape() { #expect(VisibleText.lines("a\tb\n\u{1B}[2Jc") == "a\tb\n^[[2Jc") }

    @Test func tablesSendNothingOfTheirCells() {
        let table = TablePrinter(rows: [["NAME", "COMMAND"], ["a", "sh -c '\u{1B}[31m\nnext'"]])
        #expect(table.text() == "NAME   COMMAND\na      sh -c '^[[31m...\n")
        #expect(TablePrinter(rows: [["\u{1B}[1mX\u{1B}[0m"]], isStyled: true).text() == "\u{1B}[1mX\u{1B}[0m\n")
    }
}
