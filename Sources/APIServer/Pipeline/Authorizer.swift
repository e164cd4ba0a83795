public import KubernetesAPI

/// Decides whether a user may do what a request asks.
public protocol Authorizer: Sendable {
    /// - Throws: `.forbidden` with the reason.
    func authorize(_ request: Request) throws(Status)
}

/// Everybody may do everything, as the administrator of a real cluster may.
public struct AllowAllAuthorizer: Authorizer {
    public init() {}
    public func authorize(_ request: Request) throws(Status) {}
}
