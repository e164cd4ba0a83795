import Terminal
import Testing

@testable import Shell

@Suite struct AbsentProgramTests {
    @Test(arguments: [
        ("curl localhost", "wget"), ("ls | jq .", "jsonpath"), ("cd / && vim x", "vi"), ("apt install curl", "busybox"),
        ("(python3)", "busybox"), ("ssh node-1", "kubectl exec"),
    ])
    func saysWhatDoesTheJobHere(cell: String, word: String) throws {
        let advice = try #require(AbsentProgram.advice(for: cell))
        #expect(advice(.korean).contains(word) && advice(.english).contains(word))
    }

    @Test(arguments: ["echo curl", "ls", "", "wget curl", "| ;"])
    func isSilentElsewhere(cell: String) {
        #expect(AbsentProgram.advice(for: cell) == nil)
    }

    @Test func tellsAnEndBySignal() {
        #expect(ExitStatusNote.text(137) == "= 128 + 9 (SIGKILL)")
        for status: Int32 in [0, 1, 125, 127, 128, 130, 200, 255] { #expect(ExitStatusNote.text(status) == nil) }
    }

    @Test func guessesOnlyWhatIsNear() {
        let names = ["kubectl", "docker", "help", "hint", "lang", "lesson", "next", "skip", "check", "k"]
        for (word, meant) in [("kubctl", "kubectl"), ("dokcer", "docker"), ("hlep", "help"), ("lessn", "lesson")] {
            #expect(Suggestion.nearest(to: word, in: names) == meant)
        }
        for word in ["git", "man", "nano", "grep", "x", "cat"] {
            #expect(Suggestion.nearest(to: word, in: names) == nil)
        }
    }
}
