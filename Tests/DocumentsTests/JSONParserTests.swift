import Documents
import Testing

@Suite struct JSONParserTests {
    @Test(arguments: [
        ("", 1, 1, "unexpected end of text"), ("{", 1, 2, "expected a member name in double quotes"),
        ("{\"a\" 1}", 1, 6, "expected ':' after a member name"), ("[1 2]", 1, 4, "expected ',' or ']'"),
        ("{\"a\":1,}", 1, 8, "expected a member name in double quotes"), ("[1,]", 1, 4, "unexpected character"),
        ("01", 1, 3, "a number cannot start with 0"), ("1.", 1, 3, "expected a digit"), ("-", 1, 2, "expected a digit"),
        ("1e+", 1, 4, "expected a digit"), ("\"\\x\"", 1, 4, "unknown escape"),
        ("\"a", 1, 3, "unexpected end of text in a string"),
        ("\"\n\"", 1, 2, "a control character must be escaped in a string"), ("nul", 1, 1, "unexpected end of text"),
        ("nulL", 1, 1, "unexpected word"), ("{}\n x", 2, 2, "text after the end of the document"),
        ("\"\\ud800\"", 1, 8, "half a surrogate pair"), ("\"\\udc00\"", 1, 8, "half a surrogate pair"),
        ("[{\"a\":[{\"b\":[1,2,{\"c\":tru}]}]}]", 1, 23, "unexpected word"), ("'a'", 1, 1, "unexpected character"),
    ])
    func faultsHaveAPlace(_ text: String, _ line: Int, _ column: Int, _ reason: String) {
        do {
            _ = try JSONValue(parsing: text)
            Issue.record("was read")
        } catch {
            #expect((error.line, error.column) == (line, column))
            #expect(error.reason == reason)
        }
    }

    @Test func stringsMustBeUTF8() {
        for bytes: [UInt8] in [
            [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0x5C, 0x6E, 0xFF, 0x22],
        ] {
            #expect(throws: JSONParseError.self) { try JSONValue(parsing: bytes) }
        }
    }

    @Test func escapesAreRead() throws {
        #expect(try JSONValue(parsing: #""\"\\\/\b\f\n\r\té한🚀""#) == "\"\\/\u{8}\u{C}\n\r\té한🚀")
        #expect(try JSONValue(parsing: #""키 \ud83d\ude80""#) == "키 🚀")
    }

    @Test func numbersKeepTheirDigits() throws {
        for text in ["0", "-0", "1.0", "1e400", "0.10", "9223372036854775808", "-9223372036854775808", "1E+2"] {
            #expect(try JSONValue(parsing: text).jsonText == text)
        }
    }

    @Test func laterDuplicatesWin() throws {
        #expect(try JSONValue(parsing: #"{"a":1,"b":2,"a":3}"#).jsonText == #"{"a":3,"b":2}"#)
        // In large objects as well.
        let members = (0..<200).map { "\"k\($0 % 150)\":\($0)" }.joined(separator: ",")
        let object = try JSONValue(parsing: "{\(members)}")
        #expect(object.object?.count == 150)
        #expect(object["k7"] == 157)
        #expect(object["k149"] == 149)
    }

    @Test func nestingIsBounded() throws {
        let deep = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
        #expect(try JSONValue(parsing: deep).jsonText == deep)
        #expect(throws: JSONParseError.self) { try JSONValue(parsing: "[" + deep + "]") }
        #expect(throws: JSONParseError.self) { try JSONValue(parsing: String(repeating: "{\"a\":[", count: 100_000)) }
    }

    @Test func manyMembersAreReadInLinearTime() throws {
        let members = (0..<100_000).map { "\"key-\($0)\":0" }.joined(separator: ",")
        #expect(try JSONValue(parsing: "{\(members)}").object?.count == 100_000)
    }
}
