import Documents
import Testing

@Suite struct YAMLParserTests {
    private func value(_ text: String) throws -> JSONValue {
        try #require(try YAMLParser.documents(in: text, file: "test.yaml").first).value
    }

    private func fault(_ text: String) -> YAMLError? {
        do {
            _ = try YAMLParser.documents(in: text, file: "test.yaml")
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("no", JSONValue.bool(false)), ("NO", false), ("y", true), ("on", true), ("Off", false), ("nO", "nO"),
        ("~", .null), ("Null", .null), ("nil", "nil"),
        ("0644", 420), ("0o17", 15), ("0x1F", 31), ("0b101", 5), ("08", 8), ("1_000", 1000), ("+5", 5), ("-0x10", -16),
        ("1e3", 1000), ("3.0", 3), (".5", 0.5), ("5.", 5), ("1.2.3", "1.2.3"), ("100m", "100m"), ("_1", "_1"),
        ("22:30", "22:30"), ("2024-01-31", "2024-01-31"), ("2024-01-31T10:00:00Z", "2024-01-31T10:00:00Z"),
        ("9223372036854775807", .number(JSONNumber(Int64.max))), ("0x", "0x"), (".", "."), ("1e", "1e"),
        ("\"yes\"", "yes"), ("'1'", "1"), ("\"\"", ""), ("!!str 5", "5"), ("!!int \"5\"", 5), ("!!binary aGk=", "hi"),
        ("한글", "한글"),
    ])
    func scalarsAreReadAsKubectlReadsThem(_ text: String, _ expected: JSONValue) throws {
        #expect(try value("key: \(text)\n")["key"] == expected)
    }

    @Test(arguments: [
        ("no", JSONValue.string("no")), ("y", "y"), ("On", "On"), ("OFF", "OFF"), ("true", true), ("False", false),
        ("~", .null), ("0644", 420), ("0o17", 15), ("1_000", 1000), ("1.10", 1.1), ("3.0", 3), ("22:30", "22:30"),
        ("2024-01-31", "2024-01-31"), ("\"true\"", "true"),
    ])
    func scalarsAreReadAsComposeReadsThem(_ text: String, _ expected: JSONValue) throws {
        let document = try YAMLParser.document(in: "key: \(text)\n", file: "test.yaml", dialect: .compose)
        #expect(document.value["key"] == expected)
    }

    @Test func keysAreReadInTheDialectToo() throws {
        let text = "y: 1\nN: 2\n"
        #expect(try value(text).object?.map(\.key) == ["true", "false"])
        let compose = try YAMLParser.document(in: text, file: "test.yaml", dialect: .compose)
        #expect(compose.value.object?.map(\.key) == ["y", "N"])
    }

    @Test func numbersKeepTheirDigits() throws {
        #expect(try value("v: 0.10").jsonText == #"{"v":0.10}"#)
        #expect(try value("v: 12345678901234567890123").jsonText == #"{"v":12345678901234567890123}"#)
        #expect(try value("v: 18446744073709551615").jsonText == #"{"v":18446744073709551615}"#)
    }

    @Test func emptyDocumentsAreLeftOut() throws {
        let documents = try YAMLParser.documents(in: "---\n# nothing\n---\na: 1\n---\n\n---\nb: 2\n...\n", file: "f")
        #expect(documents.map(\.value) == [["a": 1], ["b": 2]])
        #expect(documents.map(\.start.line) == [4, 8])
        #expect(try YAMLParser.documents(in: "", file: "f").isEmpty)
        #expect(try YAMLParser.documents(in: "# only\n", file: "f").isEmpty)
    }

    @Test func fieldsHavePlaces() throws {
        let text = "kind: Pod\nspec:\n  containers:\n  - name: web\n    image: nginx\n"
        let document = try YAMLParser.document(in: text, file: "f")
        #expect(document.position(of: "spec.containers[0].image") == YAMLPosition(line: 5, column: 5))
        #expect(document.position(of: "spec.containers[0].imagePullPolicy").line == 4)
        #expect(document.position(of: "metadata.name").line == 1)
    }

    @Test func anchorsAndMergeKeys() throws {
        let text = """
            base: &base {a: 1, b: 2}
            other: &other {b: 3, c: 4}
            one:
              <<: *base
              b: own
            two:
              <<: [*base, *other]
            three: *base
            """
        let document = try value(text)
        #expect(document["one"] == ["a": 1, "b": "own"])
        #expect(document["two"] == ["a": 1, "b": 2, "c": 4])
        #expect(document["three"] == ["a": 1, "b": 2])
    }

    @Test func keysBecomeText() throws {
        #expect(try value("1: a\nyes: b\n0.5: c\n\"no\": d") == ["1": "a", "true": "b", "0.5": "c", "no": "d"])
    }

    @Test func tabsMayIndentJSONOnly() throws {
        #expect(try value("{\n\t\"a\": [1,\n\t2]\n}") == ["a": [1, 2]])
        let error = try #require(fault("a:\n\tb: 1\n"))
        #expect(error.line == 2)
        #expect(error.column == 1)
        #expect(error.description.hasPrefix("test.yaml:2:1: "))
    }

    @Test(arguments: [
        ("a: 1\nb: 2\na: 3\n", 1), ("a: b: c\n", 1), ("a: [1, 2\n", 2), ("a: \"x\n", 2), ("a: *unknown\n", 1),
        ("? [1]\n: 2\n", 1), ("~: 1\n", 1), ("a: .nan\n", 1), ("a: -.inf\n", 1), ("1: a\n\"1\": b\n", 1),
        ("a:\n  b: 1\n c: 2\n", 3), ("<<: 5\n", 1), ("a: !!int x\n", 1), ("a: \u{1}\n", 1), ("@: 1", 1),
        ("a: 1e999", 1),
    ])
    func faultsAreNamedWithTheirLine(_ text: String, _ line: Int) throws {
        let error = try #require(fault(text))
        #expect(error.line == line, "\(error)")
        #expect(!error.reason.isEmpty)
    }

    @Test func anAliasBombIsRefused() throws {
        var text = "a: &a [x, x, x, x, x, x, x, x, x]\n"
        var previous = "a"
        for name in ["b", "c", "d", "e", "f", "g", "h", "i", "j"] {
            text += "\(name): &\(name) [" + repeatElement("*\(previous)", count: 9).joined(separator: ", ") + "]\n"
            previous = name
        }
        #expect(fault(text)?.reason == "document contains excessive aliasing")
    }

    @Test func deepNestingIsRefused() {
        #expect(fault(String(repeating: "[", count: 900) + String(repeating: "]", count: 900)) != nil)
        #expect(fault(String(repeating: "- ", count: 100_000)) != nil)
    }
}
