import Documents

/// Who somebody is to a registry.
public struct RegistryCredential: Sendable, Hashable {
    public var user: String
    /// A password, or a token that stands for one.
    public var secret: String

    /// The secret is an identity token, which tokens are bought with, and no password.
    public var isIdentityToken: Bool

    public init(user: String, secret: String, isIdentityToken: Bool = false) {
        self.user = user
        self.secret = secret
        self.isIdentityToken = isIdentityToken
    }

    /// The value of `Authorization` (RFC 7617).
    var header: String { "Basic " + Base64.encode("\(user):\(secret)".utf8) }
}
