import Documents
import Glibc
import LinuxKernel
import Registry

/// A program `docker-credential-NAME` that keeps passwords (docker-credential-helpers' protocol): a verb as its argument, a
/// registry or a document on its standard input, a document on its standard output. Its calls block.
struct CredentialProgram: Sendable, Hashable {
    /// `docker-credential-pass`
    let program: String
    private let environment: [String: String]

    /// - Parameters:
    ///   - name: as docker's settings have it: `pass`.
    ///   - environment: of whoever runs kijabi; `PATH` says where the program is.
    init(name: String, environment: [String: String]) {
        program = "docker-credential-" + name
        self.environment = environment
    }

    /// The credential of a registry, as docker calls it; nil where the program has none.
    func get(_ registry: String) -> RegistryCredential? {
        guard let (status, output) = run("get", input: Array(registry.utf8)), status == 0,
            let document = try? JSONValue(parsing: output), let user = document["Username"]?.string,
            let secret = document["Secret"]?.string, !secret.isEmpty
        else { return nil }
        return RegistryCredential(user: user, secret: secret, isIdentityToken: user == "<token>")
    }

    /// - Returns: whether it has been stored.
    func store(_ credential: RegistryCredential, for registry: String) -> Bool {
        let document: JSONValue = [
            "ServerURL": .string(registry), "Username": .string(credential.user), "Secret": .string(credential.secret),
        ]
        return run("store", input: document.encoded())?.status == 0
    }

    /// - Returns: whether there was one.
    func erase(_ registry: String) -> Bool {
        guard get(registry) != nil else { return false }
        return run("erase", input: Array(registry.utf8))?.status == 0
    }

    private var path: String? {
        // A name, not a way to somewhere else.
        guard !program.contains("/") else { return nil }
        let places = (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
        return places.map { "\($0)/\(program)" }.first { $0.hasPrefix("/") && access($0, X_OK) == 0 }
    }

    private func run(_ verb: String, input: [UInt8]) -> (status: Int32, output: [UInt8])? {
        guard let path, let given = try? MemoryFile.make("credential", contents: input),
            let taken = try? MemoryFile.make("credential")
        else { return nil }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, given.number, 0)
        posix_spawn_file_actions_adddup2(&actions, taken.number, 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(path), strdup(verb), nil]
        var entries: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + entries { free(text) } }
        var process = pid_t()
        guard posix_spawn(&process, path, &actions, nil, &arguments, &entries) == 0 else { return nil }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            if errno != EINTR { return nil }
        }
        var output = [UInt8](repeating: 0, count: 1 << 16)
        let count = pread(taken.number, &output, output.count, 0)
        let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
        return (code, Array(output[..<max(0, count)]))
    }
}
