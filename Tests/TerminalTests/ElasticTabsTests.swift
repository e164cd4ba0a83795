import Testing

@testable import Terminal

@Suite struct ElasticTabsTests {
    @Test func neighbouringLinesLineUpAndOthersDoNot() {
        var tabs = ElasticTabs()
        tabs.write("Name:\tweb\nStart Time:\tnow\nIPs:\n  IP:\t10.0.0.1\n")
        #expect(tabs.text() == "Name:        web\nStart Time:  now\nIPs:\n  IP:  10.0.0.1\n")
    }

    @Test func koreanTakesTwoColumns() {
        var tabs = ElasticTabs()
        tabs.write("이름\tx\nab\ty\n")
        #expect(tabs.text() == "이름  x\nab    y\n")
    }

    @Test func emptyCellsKeepTheirColumn() {
        var tabs = ElasticTabs()
        tabs.write("a\t\tb\nlonger\t\tc\n")
        #expect(tabs.text() == "a         b\nlonger    c\n")
    }
}
