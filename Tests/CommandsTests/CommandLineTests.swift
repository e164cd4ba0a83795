import Terminal
import Testing

@testable import Commands

/// The grammar of pflag and cobra.
@Suite struct CommandLineTests {
    static let root = Command(
        "tool", summary: Localized("a tool"),
        flags: [Flag("namespace", short: "n", .text, placeholder: "NS", summary: Localized("ns"), isInherited: true)],
        subcommands: [
            Command(
                "get", summary: Localized("get"),
                flags: [
                    Flag(
                        "output", short: "o", .text, placeholder: "FORMAT", summary: Localized("o"),
                        allowed: ["yaml", "json"]),
                    Flag("watch", short: "w", summary: Localized("w")),
                    Flag("all", short: "A", summary: Localized("A")),
                    Flag("label", short: "l", .list, placeholder: "L", summary: Localized("l")),
                    Flag("dry-run", .optionalText(implied: "client"), placeholder: "MODE", summary: Localized("d")),
                    Flag("count", .integer, placeholder: "N", summary: Localized("c"), fallback: "3"),
                ]
            ) { _, _ in 0 },
            Command("run", summary: Localized("run"), stopsAtFirstArgument: true) { _, _ in 0 },
        ])

    func parse(_ words: String...) throws -> Invocation {
        var parser = CommandLineParser(root: Self.root, words: words)
        return try parser.parse().invocation
    }

    func error(_ words: String...) -> UsageError? {
        var parser = CommandLineParser(root: Self.root, words: words)
        do throws(UsageError) {
            _ = try parser.parse()
            return nil
        } catch {
            return error
        }
    }

    @Test func flagsInEverySpelling() throws {
        for words in [
            ["get", "-o", "yaml", "pods"], ["get", "-oyaml", "pods"], ["get", "pods", "-o=yaml"],
            ["get", "pods", "--output=yaml"],
        ] {
            var parser = CommandLineParser(root: Self.root, words: words)
            let line = try parser.parse().invocation
            #expect(line["output"] == "yaml" && line.arguments == ["pods"] && line.path == ["tool", "get"])
        }
        let joined = try parse("get", "-Aw")
        #expect(joined.isOn("all") && joined.isOn("watch"))
        #expect(try !parse("get", "--watch=false").isOn("watch"))
        #expect(try parse("get", "-la=b", "-l", "c").all("label") == ["a=b", "c"])
        #expect(try parse("get", "--dry-run", "pods").arguments == ["pods"])
        #expect(try parse("get", "--dry-run")["dry-run"] == "client")
        #expect(try parse("get", "--dry-run=server")["dry-run"] == "server")
        #expect(try parse("get").integer("count") == 3)
        #expect(try parse("-n", "x", "get")["namespace"] == "x")
        #expect(try parse("get", "-n", "x")["namespace"] == "x")
    }

    @Test func argumentsBehindDashes() throws {
        let line = try parse("get", "a", "--", "-x", "--output")
        #expect(line.arguments == ["a"] && line.afterDashes == ["-x", "--output"])
        #expect(try parse("run", "image", "-it", "--x").arguments == ["image", "-it", "--x"])
    }

    @Test func mistakesAreNamed() {
        #expect(error("get", "--outptu", "yaml") == .unknownFlag("--outptu", suggestion: "--output"))
        #expect(error("get", "-x") == .unknownShortFlag("x", in: "-x"))
        #expect(error("get", "-o") == .missingValue(flag: "-o"))
        #expect(error("get", "-o", "toml") == .wrongValue(flag: "-o", value: "toml", expected: "yaml | json"))
        #expect(error("get", "--count", "x") == .wrongValue(flag: "--count", value: "x", expected: "int"))
        #expect(error("gte") == .unknownSubcommand("gte", of: ["tool"], suggestion: "get"))
        #expect(error("get", "--help") == .helpRequested)
    }

    @Test func completionKnowsWhereItIs() async {
        func words(_ line: String...) async -> [String] {
            await Self.root.completions(for: line, language: .english).map(\.word)
        }
        #expect(await words("") == ["get", "run"])
        #expect(await words("g") == ["get"])
        #expect(await words("get", "--o") == ["--output"])
        #expect(await words("get", "-o", "") == ["yaml", "json"])
        #expect(await words("get", "--output=j") == ["--output=json"])
        #expect(await words("get", "--", "x") == [])
    }

    @Test func helpSpeaksBothLanguages() {
        let screen = HelpScreen(
            command: Self.root.subcommands[0], path: ["tool", "get"], flags: Self.root.subcommands[0].flags)
        let english = screen.text(.english, style: Style(isEnabled: false))
        #expect(english.contains("Usage:\n  tool get [flags]") && english.contains("-o, --output FORMAT"))
        #expect(screen.text(.korean, style: Style(isEnabled: false)).contains("사용법:"))
    }

    @Test(arguments: [Language.korean, .english])
    func helpFitsTheScreen(language: Language) {
        let flag = Flag(
            "selector", .text, placeholder: "SELECTOR",
            summary: Localized(
                ko: "라벨이 이와 맞는 것만, 쉼표로 여럿을 이어서", en: "Only what carries such labels, several joined by commas"))
        let command = Command(
            "get", summary: Localized(ko: "무엇이 있는지 표로 보여 줍니다.", en: "Shows what there is, in a table."),
            flags: [flag])
        for columns in [50, 80] {
            let screen = HelpScreen(command: command, path: ["tool", "get"], flags: [flag], columns: columns)
            let lines = screen.text(language, style: Style(isEnabled: false)).split(separator: "\n")
            #expect(lines.allSatisfy { DisplayWidth.of($0) <= columns })
        }
    }

    @Test func survivesAnyWords() {
        let pieces = [
            "get", "run", "-", "--", "-o", "--output", "=", "-A=1", "--=", "-=", "", "\u{0}", "키", "--watch=x",
        ]
        var generator = SystemRandomNumberGenerator()
        var refused = 0
        for _ in 0..<3000 {
            let words = (0..<Int.random(in: 0...5, using: &generator)).map { _ in
                pieces[Int.random(in: 0..<pieces.count, using: &generator)]
            }
            var parser = CommandLineParser(root: Self.root, words: words)
            if (try? parser.parse()) == nil { refused += 1 }
        }
        #expect(refused > 0)
    }
}
