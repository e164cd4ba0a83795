import Testing

@testable import Shell

struct SimpleLineTests {
    @Test(arguments: [
        ("kubectl get pods", ["kubectl", "get", "pods"]), ("  kubectl   get\tpods  ", ["kubectl", "get", "pods"]),
        ("a 'b c' \"d e\"", ["a", "b c", "d e"]), ("a b\\ c", ["a", "b c"]), ("a ''", ["a", ""]),
        ("a -o jsonpath='{.items[*].x}'", ["a", "-o", "jsonpath={.items[*].x}"]), ("a --x=y", ["a", "--x=y"]),
        ("a \"x\\\"y\\n\"", ["a", "x\"y\\n"]), ("a b # rest 'of", ["a", "b"]), ("a b#c", ["a", "b#c"]),
        ("docker run 한글", ["docker", "run", "한글"]), ("a {x}", ["a", "{x}"]), ("a\n", ["a"]),
        ("a b:~/c", ["a", "b:~/c"]),
        ("a\\$b", ["a$b"]), ("'kubectl' get", ["kubectl", "get"]),
    ])
    func plain(_ text: String, _ words: [String]) {
        #expect(SimpleLine(text)?.words == words)
    }

    @Test(arguments: [
        "", "  ", "# comment", "a | b", "a && b", "a; b", "a &", "a > f", "a < f", "a $x", "a \"$x\"", "a `b`",
        "a \"`b`\"",
        "a *.txt", "a ?", "a [x]", "~/x", "a ~", "x=1", "x=1 a", "! a", "{ a; }", "(a)", "a 'b", "a \"b", "a \\",
        "a\nb", ". f",
        "''", "a \\\nb",
    ])
    func needsShell(_ text: String) {
        #expect(SimpleLine(text) == nil)
    }
}
