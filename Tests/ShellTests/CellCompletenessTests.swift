import Testing

@testable import Shell

struct CellCompletenessTests {
    @Test(arguments: [
        "", "   ", "ls", "ls -l | grep x", "a && b || c; d &", "echo 'it''s' \"a b\"", "echo $(ls $(pwd))",
        "echo $((1 + (2 * 3)))", "echo ${X:-\"y z\"}", "if true; then echo a; fi",
        "if a; then b; elif c; then d; else e; fi",
        "for i in 1 2 3; do echo $i; done", "for i\ndo\necho $i\ndone", "while true; do break; done",
        "case $x in a|b) echo 1;; (c) echo 2;; *) ;; esac", "case x in a) echo 1\nesac", "f() { echo a; }",
        "f ()\n{\necho a\n}", "(cd /tmp; ls)", "{ echo a; echo b; }", "cat <<E\nhi\nE", "cat <<'E' | wc\n$x\nE",
        "cat <<-E\n\thi\n\tE", "cat <<A <<B\n1\nA\n2\nB", "echo a # comment '", "# only a comment", "echo done",
        "echo if", "echo a\\\nb", "echo `ls`", "! grep x y", "x=1 y=2 cmd", "echo \"$(echo \"a\")\"", "echo 한글 '따옴표'",
        "kubectl get pods -o jsonpath='{.items[0].metadata.name}'", "echo a;echo b", "until false; do :; done >x 2>&1",
        "if true; then (a; b) fi", "{ (a) }",
    ])
    func complete(_ text: String) {
        #expect(CellCompleteness(of: text) == .complete)
    }

    @Test(arguments: [
        "echo 'a", "echo \"a", "echo \"$(ls\"", "echo `ls", "ls |", "ls &&", "ls || ", "ls \\", "if true",
        "if true; then",
        "if true; then echo a", "if true; then echo a; else", "for i in 1 2 3", "for i in 1; do",
        "for i in 1; do echo $i",
        "while true", "while true; do", "case x in", "case x in a)", "case x in a) echo;;", "f() {", "f()", "(cd /tmp",
        "{ echo a", "cat <<E", "cat <<E\nhi", "cat <<E\nhi\n E", "cat <<A <<B\n1\nA\n2", "echo $((1 + ", "echo ${X",
        "echo $(cat <<E\nhi", "kubectl apply -f - <<EOF\nkind: Pod", "echo a | # then", "for i in a b \\",
    ])
    func incomplete(_ text: String) {
        #expect(CellCompleteness(of: text) == .incomplete)
    }

    /// What the shell has to complain about is handed to it.
    @Test(arguments: ["fi", "echo )", "ls | | wc", ";; x", "done; ls", "cat << ; x", "case x y", "} a"])
    func wrong(_ text: String) {
        #expect(CellCompleteness(of: text) == .complete)
    }

    @Test func deepNestingEnds() {
        _ = CellCompleteness(of: String(repeating: "(", count: 100_000))
        _ = CellCompleteness(of: String(repeating: "$(", count: 100_000))
        _ = CellCompleteness(of: String(repeating: "if ", count: 100_000))
        _ = CellCompleteness(of: String(repeating: "\"${", count: 100_000))
    }

    @Test func anyTextIsDecided() {
        let pieces = [
            "if ", "then ", "fi", "do ", "done", "for i in ", "case ", "esac", "in ", "{ ", "}", "(", ")", "$(", "${",
            "$((",
            "))", "'", "\"", "`", "\\", "\n", ";", ";;", "&", "&&", "|", "||", "<<E", "<<-", "E", "<", ">", "#", " ",
            "a", "한",
            "\u{0}", "=", "!",
        ]
        var generator = SplitMix(seed: 7)
        for _ in 0..<20_000 {
            let count = Int.random(in: 0..<14, using: &generator)
            let text = (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
            _ = CellCompleteness(of: text)
            _ = SimpleLine(text)
            _ = CompletionWords(text)
            // Nothing of a script is invented, and no cell is given twice.
            let kept = CellSequence(text).joined().filter { !$0.isWhitespace }
            #expect(kept.count <= text.filter { !$0.isWhitespace }.count)
        }
    }

    @Test func scriptsAreCutIntoCells() {
        let script = """
            #!/usr/bin/env kijabi
            echo a; echo b

            # the loop
            for i in 1 2
            do echo $i
            done
            cat <<E
            x

            E
            echo 'two
            lines'
            if true; then
            """
        #expect(
            Array(CellSequence(script)) == [
                "#!/usr/bin/env kijabi\necho a; echo b", "# the loop\nfor i in 1 2\ndo echo $i\ndone",
                "cat <<E\nx\n\nE",
                "echo 'two\nlines'", "if true; then",
            ])
    }
}

/// A small generator with a seed (Steele, Lea, Flood: SplitMix64).
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
