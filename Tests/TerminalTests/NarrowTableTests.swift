import Testing

@testable import Terminal

/// Tables on terminals that are too narrow for them.
@Suite struct NarrowTableTests {
    private let table = TablePrinter(rows: [
        ["ID", "COMMAND", "PORTS", "NAME"], ["1234", "\"while true do\"", "", "web"],
    ])

    @Test func columnsMoveTogetherThenEmptyOnesGoThenOneIsCut() {
        let wide = "ID     COMMAND           PORTS   NAME\n1234   \"while true do\"           web\n"
        #expect(table.text(fitting: nil) == wide)
        #expect(table.text(fitting: 80) == wide)
        #expect(table.text(fitting: 36) == "ID    COMMAND          PORTS  NAME\n1234  \"while true do\"         web\n")
        #expect(table.text(fitting: 28) == "ID    COMMAND          NAME\n1234  \"while true do\"  web\n")
        #expect(table.text(fitting: 25, shortenable: 1) == "ID    COMMAND        NAME\n1234  \"while true…\"  web\n")
    }

    @Test func whatCannotFitIsLaidOutAsEverywhere() {
        #expect(table.text(fitting: 10, shortenable: 1) == table.text())
        // Nothing but a header: every column is empty, and stays.
        #expect(TablePrinter(rows: [["ID", "NAME"]]).text(fitting: 4) == "ID   NAME\n")
    }
}
