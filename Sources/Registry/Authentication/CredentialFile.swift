import Documents
import Glibc
public import LinuxKernel

/// The file in which `docker login` keeps credentials, in the format of docker's own `config.json`: other members of it stay
/// as they are. Only its owner may read it.
public struct CredentialFile: Sendable {
    public let path: String

    public init(path: String) {
        self.path = path
    }

    /// The credential for a registry (`docker.io`, `localhost:5000`), or nil.
    public func credential(for registry: String) -> RegistryCredential? {
        guard let document = try? read() else { return nil }
        for key in Self.keys(registry) {
            if let token = document.at("auths", key, "identitytoken")?.string, !token.isEmpty {
                return RegistryCredential(user: "<token>", secret: token, isIdentityToken: true)
            }
            guard let text = document.at("auths", key, "auth")?.string, let bytes = Base64.decode(text) else {
                continue
            }
            let parts = String(decoding: bytes, as: UTF8.self).split(
                separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { return RegistryCredential(user: String(parts[0]), secret: String(parts[1])) }
        }
        return nil
    }

    /// The name of the helper program that keeps the registry's credential (docker's `credHelpers`, `credsStore`).
    public func helper(for registry: String) -> String? {
        guard let document = try? read() else { return nil }
        for key in Self.keys(registry) {
            if let name = document.at("credHelpers", key)?.string, !name.isEmpty { return name }
        }
        return document["credsStore"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// - Throws: why the file could not be written.
    public func set(_ credential: RegistryCredential, for registry: String) throws(Errno) {
        var document = try read()
        var auths = document["auths"]?.object ?? JSONObject()
        auths[Self.keys(registry)[0]] = [
            "auth": .string(Base64.encode("\(credential.user):\(credential.secret)".utf8))
        ]
        document["auths"] = .object(auths)
        try write(document)
    }

    /// - Returns: whether there was one.
    public func remove(_ registry: String) throws(Errno) -> Bool {
        var document = try read()
        var auths = document["auths"]?.object ?? JSONObject()
        let present = Self.keys(registry).filter { auths[$0] != nil }
        guard !present.isEmpty else { return false }
        for key in present { auths[key] = nil }
        document["auths"] = .object(auths)
        try write(document)
        return true
    }

    /// What docker calls a registry in this file; Docker Hub has an old name there.
    public static func keys(_ registry: String) -> [String] {
        registry == "docker.io"
            ? ["https://index.docker.io/v1/", "docker.io", "index.docker.io"] : [registry, "https://\(registry)"]
    }

    /// An empty document where there is no file, or none that could be read as one: a login mends it.
    private func read() throws(Errno) -> JSONValue {
        do throws(Errno) {
            let bytes = try ProcessFiles.read(path)
            guard let document = try? JSONValue(parsing: bytes), document.object != nil else { return [:] }
            return document
        } catch {
            if error.code == ENOENT { return [:] }
            throw error
        }
    }

    private func write(_ document: JSONValue) throws(Errno) {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        makeDirectories(folder)
        let staging = path + ".\(getpid())"
        unlink(staging)
        do {
            let file = try FileDescriptor.open(staging, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
            var rest = Array(document.prettyPrinted(indent: 2).utf8)[...]
            while !rest.isEmpty {
                let count = try checked { rest.withUnsafeBytes { Glibc.write(file.number, $0.baseAddress, $0.count) } }
                rest = rest.dropFirst(count)
            }
            try checked { fsync(file.number) }
        }
        try checked { rename(staging, path) }
    }

    private func makeDirectories(_ path: String) {
        var made = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            made += "/" + part
            mkdir(made, 0o700)
        }
    }
}
