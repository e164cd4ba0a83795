import Documents
import Testing

/// What is written is read back the same, and nothing that is read brings the program down.
@Suite struct RoundTripTests {
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func jsonAndYAMLComeBackAsTheyWent(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            let value = JSONValue.random(depth: 4, using: &generator)
            #expect(try JSONValue(parsing: value.jsonText) == value)
            #expect(try JSONValue(parsing: value.prettyPrinted()) == value)
            guard value != .null else { continue }
            let yaml = value.yamlText
            do {
                #expect(try YAMLParser.document(in: yaml, file: "random").value == value, "\(yaml)")
            } catch {
                Issue.record("\(error) in \(yaml.debugDescription)")
            }
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func damagedTextsAreReadOrRefused(seed: UInt64) {
        var generator = SeededGenerator(seed: seed &+ 1000)
        for _ in 0..<200 {
            let value = JSONValue.random(depth: 4, using: &generator)
            _ = try? JSONValue(parsing: value.jsonText.mutated(using: &generator))
            _ = try? YAMLParser.documents(in: value.yamlText.mutated(using: &generator), file: "random")
            let bytes = (0..<20).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            _ = try? JSONValue(parsing: bytes)
        }
    }

    /// The parser below must not stop the program whatever it is given.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func scrapsOfYAMLAreReadOrRefused(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed &+ 2000)
        let scraps = [
            "a", "b: ", "- ", "? ", ": ", "\n", "\n  ", "\n    ", "&a ", "*a", "<<: ", "*a : ", "!!int ", "!!binary ",
            "!t ", "! ", "!<",
            ">", "|", "|2-\n", ">+\n", "'", "\"", "\\", "{", "}", "[", "]", ",", "%YAML 1.2\n", "%TAG ! x\n", "---",
            "---\n", "...\n",
            "\t", "한", "\u{0}", "\u{85}", "\u{FEFF}", "#", " #", "~", "1", "yes", "\r\n", "\\x41", "\\ud800", "@", "`",
            "🚀", "=",
        ]
        for _ in 0..<1500 {
            let text = (0..<Int.random(in: 0..<16, using: &generator)).map { _ in
                scraps.randomElement(using: &generator) ?? ""
            }.joined()
            guard let documents = try? YAMLParser.documents(in: text, file: "scraps") else { continue }
            // A byte order mark at the start of a scalar is lost on the way in.
            for document in documents where !text.unicodeScalars.contains("\u{FEFF}") {
                let again = try YAMLParser.documents(in: document.value.yamlText, file: "again")
                #expect(again.map(\.value) == [document.value], "\(text)")
            }
        }
    }
}
