import Testing

@testable import Dockerfile

@Suite struct WordExpansionTests {
    private static let values = [
        "NAME": "kijabi", "EMPTY": "", "PATH": "/usr/local/bin/tool.tar.gz", "N": "5",
    ]

    @Test(arguments: [
        ("plain", "plain"), ("$NAME", "kijabi"), ("${NAME}s", "kijabis"), ("$NAMEs", ""), ("a$NAME-b", "akijabi-b"),
        ("$UNSET", ""), ("${UNSET:-other}", "other"), ("${EMPTY:-other}", "other"), ("${EMPTY-other}", ""),
        ("${NAME:+yes}", "yes"), ("${UNSET:+yes}", ""), ("${EMPTY:+yes}", ""), ("${EMPTY+yes}", "yes"),
        ("${UNSET:-$NAME}", "kijabi"), ("${UNSET:-${EMPTY:-deep}}", "deep"), ("${UNSET:-\"a b\"}", "a b"),
        ("'$NAME'", "$NAME"), ("\"$NAME b\"", "kijabi b"), ("\\$NAME", "$NAME"), ("\"\\$NAME\"", "$NAME"),
        ("\"a\\nb\"", "a\\nb"), ("a\\ b", "a b"), ("a'b'\"c\"", "abc"), ("cost: 5$", "cost: 5$"), ("$", "$"),
        ("${PATH##*/}", "tool.tar.gz"), ("${PATH#*/}", "usr/local/bin/tool.tar.gz"),
        ("${PATH%.*}", "/usr/local/bin/tool.tar"),
        ("${PATH%%.*}", "/usr/local/bin/tool"), ("${PATH/bin/sbin}", "/usr/local/sbin/tool.tar.gz"),
        ("${PATH//\\//:}", ":usr:local:bin:tool.tar.gz"), ("${NAME/k*j/K}", "Kabi"), ("${N}$N", "55"),
        ("한글 $NAME", "한글 kijabi"),
    ])
    func words(_ word: String, _ expected: String) throws {
        #expect(try WordExpansion.expand(word) { Self.values[$0] } == expected)
    }

    @Test(arguments: [
        ("${NAME", "syntax error: missing '}'"), ("${}", "syntax error: bad substitution"),
        ("${NAME:x}", "unsupported modifier (:x) in substitution"),
        ("'open", "unexpected end of statement while looking for matching single-quote"),
        ("\"open", "unexpected end of statement while looking for matching double-quote"),
        ("${UNSET:?is needed}", "UNSET: is needed"), ("${UNSET?}", "UNSET: is not allowed to be unset"),
    ])
    func failures(_ word: String, _ message: String) {
        do throws(WordExpansion.Failure) {
            let result = try WordExpansion.expand(word) { Self.values[$0] }
            Issue.record("expanded to \(result)")
        } catch {
            #expect(error.message == message)
        }
    }

    @Test("With a backtick as escape, a backslash is a letter")
    func backtick() throws {
        #expect(try WordExpansion.expand("c:\\$NAME`$", escape: "`") { Self.values[$0] } == "c:\\kijabi$")
    }

    @Test("A here-document keeps its quotes")
    func text() throws {
        #expect(
            try WordExpansion.expandText("a \"$NAME\" '${N}' \\$N\n") { Self.values[$0] } == "a \"kijabi\" '5' $N\n")
    }

    @Test("Nesting without end is refused, not followed")
    func nesting() {
        let word = String(repeating: "${A:-", count: 5000) + String(repeating: "}", count: 5000)
        #expect(throws: WordExpansion.Failure.self) { try WordExpansion.expand(word) { _ in nil } }
    }
}
