import Commands
import Terminal
import Testing

@testable import Shell

struct CompletionTests {
    @Test(arguments: [
        ("", [""]), ("ku", ["ku"]), ("kubectl ", ["kubectl", ""]), ("kubectl get po", ["kubectl", "get", "po"]),
        ("ls | kubectl g", ["kubectl", "g"]), ("a && b; kub", ["kub"]), ("for i in 1; do kubectl g", ["kubectl", "g"]),
        ("X=1 kubectl g", ["kubectl", "g"]), ("echo $(kubectl g", ["kubectl", "g"]), ("a 'b c", ["a", "b c"]),
        ("a b\\ c", ["a", "b c"]), ("sudo docker p", ["docker", "p"]),
    ])
    func words(_ text: String, _ words: [String]) {
        #expect(CompletionWords(text)?.words == words)
    }

    @Test func typedPartKeepsItsQuotes() {
        #expect(CompletionWords("a 'b c")?.typed == "'b c")
        #expect(CompletionWords("a b\\ c")?.typed == "b\\ c")
        #expect(CompletionWords("cat >fi")?.isRedirection == true)
        #expect(CompletionWords("# a") == nil)
    }

    @Test func menuInColumnsByWidth() {
        let menu = CompletionMenu(
            typed: "", candidates: ["하나", "둘", "three", "four", "five"].map { Completion($0) })
        #expect(menu.lines(columns: 20, style: Style(isEnabled: false)) == ["  하나   four", "  둘     five", "  three"])
        #expect(menu.commonPrefix == "")
    }

    @Test func commonPrefixAndExplanations() {
        let menu = CompletionMenu(
            typed: "w",
            candidates: [Completion("web-1", explanation: "a long explanation of it"), Completion("web-2")])
        #expect(menu.commonPrefix == "web-")
        #expect(
            menu.lines(columns: 24, style: Style(isEnabled: false)) == ["  web-1  a long explan…", "  web-2  "])
    }
}
