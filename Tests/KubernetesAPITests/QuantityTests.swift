import Documents
import KubernetesAPI
import Testing

@Suite struct QuantityTests {
    @Test(
        "Quantities read as Kubernetes reads them",
        arguments: [
            ("0", 0, 0), ("100m", 1, 100), ("0.5", 1, 500), (".5", 1, 500), ("2", 2, 2000), ("1.5k", 1500, 1_500_000),
            ("128Mi", 134_217_728, 134_217_728_000), ("0.5Ki", 512, 512_000), ("2e3", 2000, 2_000_000),
            ("1E", 1_000_000_000_000_000_000, Int64.max), ("-1500m", -1, -1500), ("1n", 1, 1),
            ("1.0000000001", 2, 1001), ("5E-3", 1, 5),
        ] as [(String, Int64, Int64)])
    func reading(text: String, value: Int64, milliValue: Int64) throws {
        let quantity = try #require(Quantity(text))
        #expect(quantity.value == value)
        #expect(quantity.milliValue == milliValue)
    }

    @Test("Other texts are refused", arguments: ["", "m", "1x", "1 Mi", "Mi1", "1.2.3", "--1", "1ki", "1e", "0x1"])
    func refused(text: String) {
        #expect(Quantity(text) == nil)
    }

    @Test(
        "They are written in canonical form",
        arguments: [
            ("1000m", "1"), ("1024Mi", "1Gi"), ("1500m", "1500m"), ("0.5", "500m"), ("1000", "1k"), ("100Ki", "100Ki"),
            ("0", "0"), ("1e3", "1e3"), ("1500Mi", "1500Mi"), ("1.5Gi", "1536Mi"), ("12345", "12345"),
        ])
    func writing(text: String, canonical: String) throws {
        #expect(try #require(Quantity(text)).description == canonical)
    }

    @Test func beyondTheLimitIsTheLimit() throws {
        #expect(try #require(Quantity("9999E")).value == Int64.max)
        #expect(try #require(Quantity("1e900")).value == Int64.max)
        #expect(try #require(Quantity("1e-900")).value == 1)
    }

    @Test func arithmeticAndOrder() throws {
        let half = try #require(Quantity("500m"))
        #expect(half + half == Quantity(1))
        #expect(half < Quantity(1))
        #expect((Quantity(1) - half).description == "500m")
        #expect(Quantity(document: 2)?.value == 2)
        #expect(Quantity(document: [:]) == nil)
    }
}
