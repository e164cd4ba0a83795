import Documents
import Testing

@Suite struct YAMLEmitterTests {
    @Test func aPodLooksAsKubectlPrintsIt() throws {
        let pod: JSONValue = [
            "kind": "Pod", "apiVersion": "v1",
            "metadata": [
                "name": "web", "creationTimestamp": "2024-01-31T10:00:00Z", "labels": ["app": "web", "on": "yes"],
                "annotations": [:],
            ],
            "spec": [
                "containers": [
                    [
                        "name": "web", "image": "nginx:1.27", "args": ["--port=80", "-v", "1", "a: b", "#x"],
                        "env": [["name": "EMPTY", "value": ""], ["name": "N", "value": "08"]],
                        "resources": [:], "ports": [["containerPort": 80]],
                    ]
                ],
                "volumes": [], "nested": [[1, 2], [["a": 1]]], "nodeName": nil, "hostNetwork": false,
            ],
        ]
        #expect(
            pod.yamlText == """
                apiVersion: v1
                kind: Pod
                metadata:
                  annotations: {}
                  creationTimestamp: "2024-01-31T10:00:00Z"
                  labels:
                    app: web
                    "on": "yes"
                  name: web
                spec:
                  containers:
                  - args:
                    - --port=80
                    - -v
                    - "1"
                    - 'a: b'
                    - '#x'
                    env:
                    - name: EMPTY
                      value: ""
                    - name: "N"
                      value: "08"
                    image: nginx:1.27
                    name: web
                    ports:
                    - containerPort: 80
                    resources: {}
                  hostNetwork: false
                  nested:
                  - - 1
                    - 2
                  - - a: 1
                  nodeName: null
                  volumes: []

                """)
    }

    @Test(arguments: [
        ("a\nb\n", "|\n  a\n  b\n"), ("a\nb", "|-\n  a\n  b\n"), ("a\n\n", "|+\n  a\n\n"), ("\na\n", "|2\n\n  a\n"),
        (" a\nb", "|2-\n   a\n  b\n"), ("a \nb", "\"a \\nb\"\n"), ("a\tb", "\"a\\tb\"\n"), ("\n", "|2+\n\n"),
        ("it's", "it's\n"), ("'x", "'''x'\n"), (" x", "' x'\n"), ("x ", "'x '\n"), ("-", "'-'\n"), ("- a", "'- a'\n"),
        ("-a", "-a\n"), ("~", "\"~\"\n"), ("22:30", "\"22:30\"\n"), ("<<", "\"<<\"\n"), ("a:", "'a:'\n"),
        ("a:b", "a:b\n"),
        ("한글", "한글\n"), ("🚀", "\"\\U0001F680\"\n"), ("---", "'---'\n"), ("{}", "'{}'\n"), ("\u{7F}", "\"\\x7F\"\n"),
    ])
    func scalars(_ text: String, _ expected: String) throws {
        let value: JSONValue = ["k": .string(text)]
        #expect(value.yamlText == "k: " + expected)
        #expect(try YAMLParser.document(in: value.yamlText, file: "f").value == value)
    }

    @Test func longTextsAreFolded() throws {
        let words = Array(repeating: "word", count: 40).joined(separator: " ")
        for text in [words, "- " + words, words + " 🚀 " + words] {
            let value: JSONValue = ["spec": ["list": [.string(text)]]]
            let lines = value.yamlText.split(separator: "\n")
            #expect(lines.count > 3)
            #expect(lines.allSatisfy { $0.count < 100 })
            #expect(try YAMLParser.document(in: value.yamlText, file: "f").value == value)
        }
    }

    @Test func keysAreOrderedAsGoOrdersThem() {
        let value: JSONValue = ["b": 1, "a10": 1, "a2": 1, "a": 1, "a-b": 1, "A": 1, "1": 1]
        let keys = value.yamlText.split(separator: "\n").map { $0.prefix { $0 != ":" } }
        #expect(keys == ["\"1\"", "A", "a", "a-b", "a2", "a10", "b"])
    }

    @Test func scalarsAtTheTop() {
        #expect(JSONValue.string("a").yamlText == "a\n")
        #expect(JSONValue.null.yamlText == "null\n")
        #expect(JSONValue.array([]).yamlText == "[]\n")
        #expect(JSONValue.array(["a", ["b": 1]]).yamlText == "- a\n- b: 1\n")
    }
}
