import Documents

/// Who somebody is to a registry.
public struct RegistryCredential: Sendable, Hashable {
    public var user: String
    /// A password, or a token that stands for one.
    public var secret: String

    public init(user: String, secret: String) {
        self.user = user
        self.secret = secret
    }

    /// The value of `Authorization` (RFC 7617).
    var header: String { "Basic " + Base64.encode("\(user):\(secret)".utf8) }
}
