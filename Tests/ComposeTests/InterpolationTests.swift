import Testing

@testable import Compose

@Suite struct InterpolationTests {
    static let variables = ["NAME": "sea", "EMPTY": "", "PORT": "8080"]

    @Test(arguments: [
        ("plain", "plain"), ("$NAME", "sea"), ("${NAME}side", "seaside"), ("a$$b", "a$b"), ("${GONE}", ""),
        ("${GONE:-def}", "def"), ("${EMPTY:-def}", "def"), ("${EMPTY-def}", ""), ("${NAME:+yes}", "yes"),
        ("${EMPTY:+yes}", ""), ("${EMPTY+yes}", "yes"), ("${GONE:-${NAME}}", "sea"), ("${NAME:?must}", "sea"),
        ("${GONE:-a:b-c}", "a:b-c"), ("$NAME:$PORT", "sea:8080"), ("${NAME:-${GONE:?never asked}}", "sea"),
    ])
    func replacesVariables(_ text: String, _ expected: String) throws {
        #expect(try Interpolation(variables: Self.variables).expand(text) == expected)
    }

    @Test(arguments: ["$", "${", "${}", "${NAME", "${NAME!x}", "$1", "a${NAME:", "${NAME:-${X}"])
    func refusesWhatIsMalformed(_ text: String) {
        #expect(throws: Interpolation.Fault.malformed(text)) {
            try Interpolation(variables: Self.variables).expand(text)
        }
    }

    @Test func asksForWhatIsRequired() {
        #expect(throws: Interpolation.Fault.required(name: "EMPTY", message: "set me")) {
            try Interpolation(variables: Self.variables).expand("${EMPTY:?set me}")
        }
    }

    @Test func tellsOfVariablesThatAreNotSet() throws {
        var unset: [String] = []
        _ = try Interpolation(variables: Self.variables).expand("$GONE ${LOST} ${NAME} ${X:-y}") { unset.append($0) }
        #expect(unset == ["GONE", "LOST"])
    }
}

@Suite struct EnvironmentFileTests {
    @Test func readsQuotesCommentsAndReferences() throws {
        let text = """
            # a comment
            A=1
            export B = two words # and a comment
            C="a\\nb $A"
            D='$A # not a comment'
            E=${B}!
            HOME

            """
        let entries = try EnvironmentFile.parse(text, file: ".env", variables: ["HOME": "/root"])
        #expect(entries.map(\.name) == ["A", "B", "C", "D", "E", "HOME"])
        #expect(entries.map(\.value) == ["1", "two words", "a\nb 1", "$A # not a comment", "two words!", "/root"])
    }

    @Test func namesTheLineOfAFault() {
        #expect(throws: ComposeError(file: ".env", line: 2, reason: .other("unterminated quoted value \"x"))) {
            try EnvironmentFile.parse("A=1\nB=\"x\n", file: ".env", variables: [:])
        }
    }
}
