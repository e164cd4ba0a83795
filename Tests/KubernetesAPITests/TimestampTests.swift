import KubernetesAPI
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"),
        ("2000-02-29T23:59:59Z", 951_868_799, "2000-02-29T23:59:59Z"),
        ("2026-01-31T09:05:00.25+09:00", 1_769_817_900, "2026-01-31T00:05:00Z"),
        ("2100-03-01T00:00:00Z", 4_107_542_400, "2100-03-01T00:00:00Z"),
    ])
    func readsAndWrites(text: String, seconds: Int64, written: String) throws {
        let timestamp = try #require(Timestamp(text))
        #expect(timestamp.sinceEpoch.components.seconds == seconds)
        #expect(timestamp.text == written)
    }

    @Test func keepsMicroseconds() throws {
        let timestamp = try #require(Timestamp("2026-01-31T09:05:00.123456789Z"))
        #expect(timestamp.microText == "2026-01-31T09:05:00.123456Z")
        #expect(timestamp - Timestamp(secondsSinceEpoch: 1_769_850_300) == .nanoseconds(123_456_789))
    }

    @Test(arguments: [
        "", "2026-01-31", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-01-31T09:05:00",
        "2026-01-31T09:05:00Zx", "now",
    ])
    func refusesOtherText(text: String) {
        #expect(Timestamp(text) == nil)
    }
}
