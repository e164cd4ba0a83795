internal import Documents

/// Some of the entries under a prefix, as they were at one revision.
public struct StoreRange: Sendable {
    public let entries: [StoredEntry]
    /// When this was the truth.
    public let revision: Revision
    /// How to get the rest; nil where this is all.
    public let continuation: Continuation?
    /// How many entries the rest has.
    public let remaining: Int

    /// Where a range that was cut off goes on.
    public struct Continuation: Sendable, Hashable {
        public let revision: Revision
        public let lastKey: String

        public init(revision: Revision, lastKey: String) {
            self.revision = revision
            self.lastKey = lastKey
        }

        /// Reads what `token` gave; nil for anything else.
        public init?(token: String) {
            guard let bytes = Base64.decode(token), let document = try? JSONValue(parsing: bytes),
                let revision = document["revision"]?.int, let lastKey = document["key"]?.string
            else { return nil }
            self.init(revision: revision, lastKey: lastKey)
        }

        /// As an opaque text for clients.
        public var token: String {
            let document: JSONValue = ["revision": .integer(revision), "key": .string(lastKey)]
            return Base64.encode(document.encoded())
        }
    }
}
