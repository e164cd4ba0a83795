/// How a container is kept from what it has no need of (`--security-opt`).
public struct SecurityConfiguration: Sendable, Hashable {
    /// Which system calls it may make, seccomp(2).
    public enum SystemCalls: Sendable, Hashable {
        /// docker's default profile, opened by the container's capabilities.
        case standard
        /// All. The container's capabilities and namespaces still bound them.
        case unconfined
        /// A profile in docker's JSON format.
        case profile([UInt8])
    }

    public var systemCalls: SystemCalls
    /// The paths of /proc and /sys that are hidden or read-only in a container stay visible (`systempaths=unconfined`).
    public var showsAllPaths: Bool
    /// As they were given, for `docker inspect`.
    public var options: [String]

    public init(systemCalls: SystemCalls = .standard, showsAllPaths: Bool = false, options: [String] = []) {
        self.systemCalls = systemCalls
        self.showsAllPaths = showsAllPaths
        self.options = options
    }
}

/// A device of the machine that appears in a container.
public struct DeviceMapping: Sendable, Hashable {
    /// e.g. `/dev/fuse`
    public var path: String
    public var target: String
    /// Read only; without `w` in docker's `rwm`.
    public var readOnly: Bool

    public init(path: String, target: String? = nil, readOnly: Bool = false) {
        self.path = path
        self.target = target ?? path
        self.readOnly = readOnly
    }
}
