import Glibc
import LinuxKernel
import Registry

/// Where passwords of registries are: kijabi's own file, then docker's, each with the helper programs that it names. What
/// is new goes to a helper where one is named, else into the own file. Its calls block.
struct CredentialKeeper: Sendable {
    let own: CredentialFile
    /// docker's `config.json`, which is read and never written; nil where the person has no home.
    private let docker: CredentialFile?
    private let environment: [String: String]

    init(_ settings: RegistrySettings) {
        own = CredentialFile(path: settings.credentialFile)
        environment = settings.environment
        let directory = environment["DOCKER_CONFIG"] ?? environment["HOME"].map { $0 + "/.docker" }
        docker = directory.map { CredentialFile(path: $0 + "/config.json") }
    }

    func credential(for registry: String) -> RegistryCredential? {
        for file in [own, docker].compactMap({ $0 }) {
            if let helper = helper(file, registry) {
                for key in CredentialFile.keys(registry) { if let found = helper.get(key) { return found } }
            }
            if let found = file.credential(for: registry) { return found }
        }
        return nil
    }

    /// The helper program that keeps what is new; nil is the own file.
    func helper(for registry: String) -> CredentialProgram? {
        helper(own, registry) ?? docker.flatMap { helper($0, registry) }
    }

    func set(_ credential: RegistryCredential, for registry: String) throws(Errno) {
        guard let helper = helper(for: registry) else { return try own.set(credential, for: registry) }
        guard helper.store(credential, for: CredentialFile.keys(registry)[0]) else { throw Errno(EIO) }
    }

    /// - Returns: whether there was one.
    func remove(_ registry: String) throws(Errno) -> Bool {
        var wasThere = try own.remove(registry)
        if let helper = helper(for: registry) {
            for key in CredentialFile.keys(registry) where helper.erase(key) { wasThere = true }
        }
        return wasThere
    }

    /// Where what is new is kept: a path, or the name of a program.
    func place(for registry: String) -> String { helper(for: registry)?.program ?? own.path }

    private func helper(_ file: CredentialFile, _ registry: String) -> CredentialProgram? {
        file.helper(for: registry).map { CredentialProgram(name: $0, environment: environment) }
    }
}
