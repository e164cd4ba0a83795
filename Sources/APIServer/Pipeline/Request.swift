public import KubernetesAPI

/// Who asks for what: the part of a request that the first stages judge.
public struct Request: Sendable {
    public enum Verb: String, Sendable, Hashable {
        case get, list, watch, create, update, patch, delete
    }

    /// The authenticated user, e.g. `kubernetes-admin` or `system:node:node-1`.
    public var user: String
    /// What led to the request; kept with what it writes.
    public var cause: String
    public var verb: Verb
    public var resource: APIResource
    /// `status`, `scale`, `log`, `exec`, …
    public var subresource: String?
    public var namespace: String?
    /// Nil for lists, watches and new objects.
    public var name: String?
}
