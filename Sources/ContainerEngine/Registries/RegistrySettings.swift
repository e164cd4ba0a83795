/// How an engine reaches registries.
public struct RegistrySettings: Sendable {
    /// The file with the passwords of `docker login`.
    public var credentialFile: String
    /// Directories with certificates, as docker's `/etc/docker/certs.d`.
    public var certificateDirectories: [String]
    /// `HTTPS_PROXY`, `NO_PROXY`, …
    public var environment: [String: String]

    /// - Parameter directory: where this person's settings are; nothing is made there before it is needed.
    public init(directory: String, environment: [String: String]) {
        credentialFile = directory + "/config.json"
        certificateDirectories = [directory + "/certs.d", "/etc/docker/certs.d"]
        self.environment = environment
    }
}
