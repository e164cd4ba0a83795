import Testing

@testable import Documents

@Suite struct GoTemplateTests {
    static let document: JSONValue = [
        "State": ["Pid": 42, "Running": true], "Name": "/box", "Env": ["A=1", "B=2"], "Labels": ["b": "2", "a": "1"],
        "Load": 2.25,
    ]

    @Test(arguments: [
        ("{{.State.Pid}}", "42"),
        ("pid={{ .State.Pid }} {{.Name}}", "pid=42 /box"),
        ("{{json .State}}", #"{"Pid":42,"Running":true}"#),
        ("{{range .Env}}{{.}};{{end}}", "A=1;B=2;"),
        ("{{range $k, $v := .Labels}}{{$k}}={{$v}} {{end}}", "a=1 b=2 "),
        ("{{if .State.Running}}up{{else}}down{{end}}", "up"),
        ("{{if .State.Paused}}p{{else if .State.Running}}r{{else}}n{{end}}", "r"),
        ("{{index .Env 1}} {{len .Env}}", "B=2 2"),
        ("{{index .Labels \"a\"}}", "1"),
        ("{{.Missing}}", "<no value>"),
        ("{{println .Name}}x", "/box\nx"),
        ("{{join .Env \",\"}}", "A=1,B=2"),
        ("a {{- .Name -}} b", "a/boxb"),
        ("{{/* note */}}x", "x"),
        ("{{(index .Env 0) | upper}}", "A=1"),
        ("{{eq .Name \"/box\"}}", "true"),
        ("{{with .State}}{{.Pid}}{{end}}{{with .Missing}}x{{else}}none{{end}}", "42none"),
        ("{{$n := .Name}}{{range .Env}}{{$n}}{{end}}", "/box/box"),
        ("{{with $s := .State}}{{$s.Pid}}{{end}}", "42"),
        ("{{if and .State.Running (or .Missing .Name)}}y{{end}}", "y"),
        (
            "{{printf \"%-6s|%4d|%04d|%.1f|%q|%5.2s|%%|%v\" .Name 42 7 .Load .Name \"abc\" .Env}}",
            "/box  |  42|0007|2.3|\"/box\"|   ab|%|[A=1 B=2]"
        ),
        ("{{printf \"%s %d\" .Name}}", "/box %!d(MISSING)"),
        ("{{.Name | printf \"%s!\"}}", "/box!"),
        ("{{range split .Name \"o\"}}[{{.}}]{{end}}", "[/b][x]"),
        ("{{title \"a bee\"}} {{truncate .Name 2}} {{pad .Name 1 2}}|{{slice .Name 1 3}}", "A Bee /b  /box  |bo"),
        ("{{if gt .State.Pid 41}}more{{end}}{{if le 1 1}}same{{end}}{{lt \"a\" \"b\"}}", "moresametrue"),
        ("{{print .Name 1 2}}", "/box1 2"),
    ])
    func renders(text: String, expected: String) throws {
        #expect(try GoTemplate(parsing: text).render(Self.document) == expected)
    }

    @Test(arguments: [
        "{{", "{{.a", "{{nope .}}", "{{if .a}}", "{{end}}", "{{range .Env}}", "{{\"x}}", "{{(.a}}", "{{else}}",
        "{{.a | }}",
    ])
    func refuses(text: String) {
        #expect(throws: GoTemplateError.self) { try GoTemplate(parsing: text) }
    }

    @Test("Strictly, a structure's missing field is an error; a map's key is not")
    func strictness() throws {
        func render(_ text: String) throws -> String {
            try GoTemplate(parsing: text).render(Self.document, isStrict: true) { name, _, operands in
                name == "Double" ? .string((operands[0].string ?? "") + (operands[0].string ?? "")) : nil
            }
        }
        #expect(throws: GoTemplateError.self) { try render("{{.Nmae}}") }
        #expect(throws: GoTemplateError.self) { try render("{{.State.Nope}}") }
        #expect(try render("{{.Labels.nope}}") == "<no value>")
        #expect(try render("{{.Double \"ab\"}}") == "abab")
        #expect(throws: GoTemplateError.self) { try render("{{.Name \"ab\"}}") }
    }

    @Test func fieldsOfScalarsAreErrors() throws {
        #expect(throws: GoTemplateError.self) { try GoTemplate(parsing: "{{.Name.x}}").render(Self.document) }
        #expect(throws: GoTemplateError.self) { try GoTemplate(parsing: "{{index .Env 9}}").render(Self.document) }
    }

    @Test func survivesDamage() {
        let text = "{{range $k, $v := .Labels}}{{if eq $k \"a\"}}{{index .Env 1 | json}}{{end}}{{end}}"
        let alphabet = Array("{}.$|\"() ab1-")
        var generator = SystemRandomNumberGenerator()
        var accepted = 0
        for _ in 0..<2000 {
            var letters = Array(text)
            for _ in 0..<3 {
                letters[Int.random(in: 0..<letters.count, using: &generator)] =
                    alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
            }
            if let template = try? GoTemplate(parsing: String(letters)) {
                accepted += 1
                _ = try? template.render(Self.document)
            }
        }
        #expect(accepted < 2000)
    }
}
