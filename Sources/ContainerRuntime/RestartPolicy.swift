/// What happens to a container that has ended by itself.
public enum RestartPolicy: Sendable, Hashable {
    case never
    /// Starts it again if it failed, at most `maximumRetries` times in a row; nil is no bound.
    case onFailure(maximumRetries: Int?)
    /// Starts it again whatever its exit status, unless somebody stopped it.
    case always
    /// As `always`; a container that was stopped stays so when the engine starts again.
    case unlessStopped

    /// As `docker inspect` names it: `no`, `on-failure`, `always`, `unless-stopped`.
    public var name: String {
        switch self {
        case .never: "no"
        case .onFailure: "on-failure"
        case .always: "always"
        case .unlessStopped: "unless-stopped"
        }
    }

    public var maximumRetries: Int? {
        if case .onFailure(let retries) = self { retries } else { nil }
    }
}
