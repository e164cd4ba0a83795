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
}
