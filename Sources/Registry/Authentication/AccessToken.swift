import Documents

/// What a token server gave (distribution/spec auth/token.md).
struct AccessToken: Sendable, Hashable {
    var value: String
    /// Seconds that it is good for.
    var lifetime: Int

    /// The answer of a token server; nil if it is none.
    init?(parsing bytes: [UInt8]) {
        guard let document = try? JSONValue(parsing: bytes) else { return nil }
        // Servers send either name, some both.
        let value = document["token"]?.string ?? document["access_token"]?.string ?? ""
        // It becomes a part of a header.
        guard !value.isEmpty, value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        self.value = value
        lifetime = max(60, document["expires_in"]?.int ?? 60)
    }
}
