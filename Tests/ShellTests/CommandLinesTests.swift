import Terminal
import Testing

@testable import Shell

/// Commands as lessons show them can be copied and pasted.
@Suite struct CommandLinesTests {
    @Test func longOnesGoOnBehindABackslash() {
        let command = "docker run --rm --network host -e PASSWORD=ahoy postgres psql -c 'SELECT 1'"
        let lines = CommandLines.laidOut(command, columns: 50)
        #expect(
            lines == [
                "   docker run --rm --network host \\", "     -e PASSWORD=ahoy postgres psql -c 'SELECT 1'",
            ])
        #expect(lines.allSatisfy { DisplayWidth.of($0) <= 50 })
        #expect(CommandLines.laidOut(command, columns: 100) == ["   " + command])
        #expect(CellCompleteness(of: lines[0]) == .incomplete)
    }

    @Test func nothingIsBrokenInsideQuotes() {
        let command = "echo 'one two three four five six'"
        #expect(CommandLines.laidOut(command, columns: 20) == ["   " + command])
    }

    @Test func hereDocumentsBeginAtTheEdge() {
        let code = "cat > a <<'END'\n  x\nEND\ncat a"
        #expect(CommandLines.laidOut(code, columns: 80) == ["cat > a <<'END'", "  x", "END", "cat a"])
    }
}
