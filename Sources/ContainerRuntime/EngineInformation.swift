/// What an engine is and may do on this machine, for `docker info`.
public struct EngineInformation: Sendable {
    /// Of the engine and of everything that comes with it.
    public static let version = "0.1.0"

    public var kernelRelease: String
    public var operatingSystem: String
    public var architecture: String
    public var processors: Int
    /// Bytes.
    public var memory: Int
    public var hostname: String
    public var dataDirectory: String
    /// `1`, `2`, or nil where control groups cannot be used and limits are watched.
    public var controlGroupVersion: String?
    /// The controllers that can be used: `cpu`, `memory`, …
    public var controllers: [String]
    /// `none`, `apparmor`, `seccomp`, `userns`, …
    public var securityFeatures: [String]
    /// The engine's user is not root.
    public var isRootless: Bool
    /// How many user ids containers have.
    public var userIDs: Int

    public init(
        kernelRelease: String, operatingSystem: String, architecture: String, processors: Int, memory: Int,
        hostname: String, dataDirectory: String, controlGroupVersion: String?, controllers: [String],
        securityFeatures: [String], isRootless: Bool, userIDs: Int
    ) {
        self.kernelRelease = kernelRelease
        self.operatingSystem = operatingSystem
        self.architecture = architecture
        self.processors = processors
        self.memory = memory
        self.hostname = hostname
        self.dataDirectory = dataDirectory
        self.controlGroupVersion = controlGroupVersion
        self.controllers = controllers
        self.securityFeatures = securityFeatures
        self.isRootless = isRootless
        self.userIDs = userIDs
    }
}

public protocol EngineInformationService: Sendable {
    func information() async -> EngineInformation
}
