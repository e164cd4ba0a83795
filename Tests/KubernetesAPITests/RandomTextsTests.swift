import Documents
import KubernetesAPI
import Testing

/// Whatever is typed is read or refused, and what is read comes back the same.
@Suite struct RandomTextsTests {
    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func quantities(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let pieces = [
            "1", "0", "9", "12345678901234567890", ".", "-", "+", "m", "n", "u", "k", "M", "G", "E", "Ki", "Mi", "Ei",
            "e", "e3", "E-5",
            "e999999999999999999", " ", "한", "0.0000000001",
        ]
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 0..<5, using: &generator)).map { _ in
                pieces.randomElement(using: &generator) ?? ""
            }.joined()
            guard let quantity = Quantity(text) else { continue }
            #expect(Quantity(quantity.description) == quantity, "\(text) became \(quantity)")
            _ = (quantity.value, quantity.milliValue, quantity + quantity, quantity - quantity)
        }
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func timestampsAndSpans(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let pieces = [
            "2024", "0000", "9999", "-", "02", "30", "T", "t", ":", "59", ".", "999999999999", "Z", "+23:59", "-", "한",
            " ",
        ]
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 0..<16, using: &generator)).map { _ in
                pieces.randomElement(using: &generator) ?? ""
            }.joined()
            _ = Timestamp(text)?.microText
            let moment = Timestamp(
                secondsSinceEpoch: Int.random(in: -62_000_000_000...250_000_000_000, using: &generator))
            #expect(Timestamp(moment.text) == moment)
            _ = (moment - Timestamp(secondsSinceEpoch: 0)).humanText
        }
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func names(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let pieces = ["a", "Z", "0", "-", ".", "_", "/", "한", " ", "\u{0}", String(repeating: "x", count: 70)]
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 0..<6, using: &generator)).map { _ in
                pieces.randomElement(using: &generator) ?? ""
            }.joined()
            if DNS1123.problems(label: text).isEmpty { #expect(DNS1123.problems(subdomain: text).isEmpty) }
            if DNS1123.problems(label1035: text).isEmpty { #expect(DNS1123.problems(label: text).isEmpty) }
            if !text.isEmpty, DNS1123.problems(labelValue: text).isEmpty {
                #expect(DNS1123.problems(qualifiedName: text).isEmpty)
            }
        }
    }
}
