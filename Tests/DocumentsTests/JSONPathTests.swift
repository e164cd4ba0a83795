import Documents
import Testing

private let list: JSONValue = [
    "kind": "List",
    "items": [
        [
            "kind": "None",
            "metadata": ["name": "127.0.0.1", "labels": ["kubernetes.io/hostname": "127.0.0.1", "a": "<1>"]],
            "status": ["capacity": ["cpu": 4], "addresses": [["type": "LegacyHostIP", "address": "127.0.0.1"]]],
        ],
        [
            "kind": "None", "metadata": ["name": "127.0.0.2"],
            "status": [
                "capacity": ["cpu": 8],
                "addresses": [
                    ["type": "LegacyHostIP", "address": "127.0.0.2"], ["type": "another", "address": "127.0.0.3"],
                ],
            ],
        ],
    ],
    "users": [
        ["name": "myself", "user": [:]], ["name": "e2e", "user": ["username": "admin", "password": "secret"]],
    ],
    "numbers": [0, 1, 2, 3, 4, 5], "nothing": nil, "flag": true, "price": 1.5, "b": ["z": 1, "a": "&"],
]

@Suite struct JSONPathTests {
    /// The examples of kubectl's documentation, and the corners of its dialect.
    @Test(arguments: [
        ("kind is {.kind}", "kind is List"), ("{.kind}", "List"), ("{['kind']}", "List"), ("{$.kind}", "List"),
        ("{@.kind}", "List"), ("{..name}", "127.0.0.1 127.0.0.2 myself e2e"),
        ("{.items[*].metadata.name}", "127.0.0.1 127.0.0.2"), ("{.users[0].name}", "myself"),
        ("{.users[-1].name}", "e2e"),
        ("{.items[*]['metadata.name', 'status.capacity']}", #"127.0.0.1 127.0.0.2 {"cpu":4} {"cpu":8}"#),
        (#"{.users[?(@.name=="e2e")].user.password}"#, "secret"),
        ("{.users[?(@.name=='e2e')].user.password}", "secret"),
        (#"{.users[?(@.name!="e2e")].name}"#, "myself"), ("{.users[?(@.user.username)].name}", "e2e"),
        (
            #"{range .items[*]}[{.metadata.name}, {.status.capacity}] {end}"#,
            #"[127.0.0.1, {"cpu":4}] [127.0.0.2, {"cpu":8}] "#
        ),
        (#"{range .items[*]}{.metadata.name}{"\t"}{.status.capacity.cpu}{"\n"}{end}"#, "127.0.0.1\t4\n127.0.0.2\t8\n"),
        (
            #"{range .items[*]}{range .status.addresses[*]}{.address}{','}{end}{";"}{end}x"#,
            "127.0.0.1,;127.0.0.2,127.0.0.3,;x"
        ),
        ("{range .missing[*]}{.x}{end}done", "done"),
        (#"{.items[0].metadata.labels.kubernetes\.io/hostname}"#, "127.0.0.1"),
        (#"{.items[0].metadata.labels['kubernetes\.io/hostname']}"#, "127.0.0.1"),
        ("{.items[?(@.status.capacity.cpu>4)].metadata.name}", "127.0.0.2"),
        ("{.items[?(@.status.capacity.cpu <= 4)].metadata.name}", "127.0.0.1"),
        ("{.items[*].status.addresses[?(@.type==\"another\")].address}", "127.0.0.3"),
        ("{.numbers[0:2]}", "0 1"), ("{.numbers[1:5:2]}", "1 3"), ("{.numbers[-2:]}", "4 5"), ("{.numbers[:2]}", "0 1"),
        ("{.numbers[::3]}", "0 3"), ("{.numbers[0,2,-1]}", "0 2 5"), ("{.numbers[2:2]}", ""),
        ("{.numbers}", "[0,1,2,3,4,5]"),
        ("{.missing}", ""), ("{.kind.deeper}", ""), ("{.nothing}", "<nil>"), ("{.flag} {.price}", "true 1.5"),
        ("{.b}", #"{"a":"\u0026","z":1}"#), ("{.items[0].metadata.labels.a}", "<1>"), ("{.b.*}", "1 &"),
        (".kind", ".kind"), ("", ""), ("{}", "{}"), ("{3}{true}{-1.5}", "3true-1.5"), (#"{"a\"b\u00e9\\"}"#, "a\"bé\\"),
        ("{ .kind }", "List"), ("{.users[*].name}{'\\n'}", "myself e2e\n"),
        ("{range .users[*]}{@.name}/{end}", "myself/e2e/"),
        ("{.numbers[?(@>3)]}", "4 5"), ("{.users[?(@.user.username==\"admin\")].name}", "e2e"),
        ("이름: {.kind}", "이름: List"), (#"{.users[?(@.name=="a)b")].name}"#, ""),
        ("{range .users[*]}{.name}", "myselfe2e"),
    ])
    func prints(_ template: String, _ expected: String) throws {
        let document = template == "{}" ? [:] : list
        #expect(try JSONPath(parsing: template).text(for: document) == expected)
    }

    @Test(arguments: [
        ("{.numbers[9]}", "array index out of bounds: index 9, length 6"),
        ("{.numbers[-9]}", "array index out of bounds: index -3, length 6"),
        ("{.numbers[0:9]}", "array index out of bounds: index 8, length 6"),
        ("{.numbers[3:1]}", "starting index 3 is greater than ending index 1"),
        ("{.numbers[0:3:0]}", "step must be > 0"),
        ("{.kind[0]}", "string is not array or slice"), ("{.b[0]}", "map[string]interface {} is not array or slice"),
        ("{foo}", "unrecognized identifier foo"), ("{.users[?(@.name==1)]}", "incompatible types for comparison"),
        ("{.kind[?(@.x)]}", "List is not array or slice and cannot be filtered"),
        ("{.numbers[?(@===1)]}", "unrecognized filter operator ==="),
        ("{range .items[*]}{.status.addresses[?(@.*==1)]}{end}", "can only compare one element at a time"),
    ])
    func failsWhenApplied(_ template: String, _ reason: String) throws {
        let path = try JSONPath(parsing: template)
        #expect {
            _ = try path.text(for: list)
        } throws: { "\($0)" == reason }
    }

    @Test(arguments: [
        ("{.kind", "unclosed action", 6), ("{.a[0}", "unterminated array", 6), ("{.a[x]}", "invalid array index x", 4),
        ("{\"a}", "unterminated quoted string", 4), ("{end}", "not in range, nothing to end", -1),
        ("{....a}", "invalid multiple recursive descent", 5), ("{.a[?(@.b==1}", "unterminated filter", 13),
        ("{.a[?(@.b)x]}", "unclosed array expect ]", 10), ("{#}", "unrecognized character in action: U+0023 '#'", 1),
        ("{.a\n}", "unclosed action", 3), ("{.a[]}", "invalid array index ", 4),
        (#"{"\q"}"#, #"unquote string "\q error invalid syntax"#, 1),
        ("{.a[1:2:3:4]}", "invalid array index 1:2:3:4", 4), ("{1.2.3}", "cannot parse number 1.2.3", 1),
    ])
    func isRefused(_ template: String, _ reason: String, _ position: Int) {
        do {
            _ = try JSONPath(parsing: template)
            Issue.record("was read")
        } catch {
            #expect(error.reason == reason)
            #expect((error.position ?? -1) == position)
        }
    }

    @Test func missingKeysCanBeErrors() throws {
        let path = try JSONPath(parsing: "{.a.b}")
        #expect {
            _ = try path.text(for: ["a": [:]], allowsMissingKeys: false)
        } throws: { "\($0)" == "b is not found" }
    }

    @Test(arguments: ["metadata.name", ".metadata.name", "{metadata.name}", "{.metadata.name}"])
    func bracesAndDotMayBeLeftOut(_ expression: String) throws {
        #expect(try JSONPath(relaxed: expression).text(for: ["metadata": ["name": "web"]]) == "web")
    }

    @Test(arguments: ["", ".", "{}", "{a}{b}", "a}", "{a"])
    func notEverythingMayBeLeftOut(_ expression: String) {
        #expect(throws: JSONPathError.self) { try JSONPath(relaxed: expression) }
    }

    @Test func jsonOfTheResults() throws {
        let text = try JSONPath(parsing: "{.users[*].name}{.b}").jsonText(for: list)
        #expect(
            text == "[\n    \"myself\",\n    \"e2e\"\n]\n[\n    {\n        \"a\": \"&\",\n        \"z\": 1\n    }\n]\n")
    }

    @Test func resultsAreBounded() throws {
        let path = try JSONPath(parsing: "{" + String(repeating: "..*", count: 12) + "}")
        var deep: JSONValue = 1
        for _ in 0..<40 { deep = .array([deep, 1]) }
        #expect(throws: JSONPathError.self) { try path.text(for: deep) }
        let nested = String(repeating: "{.a[?(", count: 1) + String(repeating: "@[?(", count: 100) + "x"
        #expect(throws: JSONPathError.self) {
            try JSONPath(parsing: nested + String(repeating: ")]", count: 101) + "}")
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func randomTemplatesAreReadOrRefused(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let pieces = [
            "{", "}", ".", "..", "[", "]", "*", "items", "users", "name", "[?(@.", ")]", "==", "<", "\"e2e\"", "'",
            "\"", "0", "-1", ":",
            ",", "range ", "end", "$", "@", " ", "\\", "\n", "한", "{range .items[*]}", "{end}", "{.users[*].name}",
            "1.5", "#",
        ]
        for _ in 0..<1000 {
            let template = (0..<Int.random(in: 0..<14, using: &generator)).map { _ in
                pieces.randomElement(using: &generator) ?? ""
            }.joined()
            _ = try? JSONPath(parsing: template).text(for: list)
            _ = try? JSONPath(relaxed: template).jsonText(for: list)
        }
    }
}
