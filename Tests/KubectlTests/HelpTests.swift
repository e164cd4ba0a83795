import Commands
import Terminal
import Testing

@Suite struct HelpTests {
    @Test func inBothLanguages() async throws {
        let bench = try Bench()
        for (name, language) in [("help-english", Language.english), ("help-korean", .korean)] {
            let golden = Golden(name, bench)
            for line in ["", "run --help", "apply -h", "help", "get pod nope", "get pods --watsh", "gt pods"] {
                try await golden.run(line, language: language)
            }
            try golden.check()
        }
    }

    /// Every verb explains itself in both languages and shows how it is used.
    @Test func everyVerbIsExplained() throws {
        let bench = try Bench()
        func check(_ command: Command, _ path: String) {
            #expect(!command.summary(.korean).isEmpty && !command.summary(.english).isEmpty, "\(path)")
            #expect(command.summary(.korean) != command.summary(.english), "\(path)")
            let isLeaf = command.subcommands.isEmpty && !path.hasPrefix("kubectl config")
            if isLeaf, !command.isHidden { #expect((1...3).contains(command.examples.count), "\(path)") }
            for example in command.examples { #expect(example.command.contains("kubectl "), "\(path)") }
            for flag in command.flags where !flag.isHidden {
                #expect(!flag.summary(.korean).isEmpty && !flag.summary(.english).isEmpty, "\(path) --\(flag.name)")
            }
            for child in command.subcommands { check(child, "\(path) \(child.name)") }
        }
        check(bench.command, "kubectl")
    }
}
