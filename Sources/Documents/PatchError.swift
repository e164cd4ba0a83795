/// Why a patch cannot be applied.
public struct PatchError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// The patch itself is malformed.
        case malformed
        /// The patch names something that the document does not have.
        case missing
        /// A JSON patch's `test` found another value.
        case testFailed
    }

    public let kind: Kind
    /// Where: a JSON pointer (`/spec/replicas`) or a field path (`spec.containers[0]`); empty for the whole.
    public let path: String
    /// What, in a sentence without capital and full stop.
    public let reason: String

    public init(_ kind: Kind, path: String, _ reason: String) {
        self.kind = kind
        self.path = path
        self.reason = reason
    }

    public var description: String { reason }
}
