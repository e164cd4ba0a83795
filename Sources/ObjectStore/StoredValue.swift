public import Documents
internal import Synchronization

/// What a key holds: a JSON document, and its encoding once somebody has asked for it.
///
/// Both are shared by everyone who reads the same revision, so a Pod that is listed, fetched and sent to ten watchers is
/// encoded once.
public final class StoredValue: Sendable {
    public let document: JSONValue
    private let encoding = Mutex<[UInt8]?>(nil)

    public init(_ document: JSONValue) {
        self.document = document
    }

    /// The document as compact UTF-8 JSON, made on first use.
    public var encoded: [UInt8] {
        encoding.withLock { encoding in
            if let encoding { return encoding }
            let bytes = document.encoded()
            encoding = bytes
            return bytes
        }
    }
}
