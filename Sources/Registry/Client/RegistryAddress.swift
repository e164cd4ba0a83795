/// Where the registry of an image's domain answers.
struct RegistryAddress: Sendable, Hashable {
    /// As in references: `docker.io`, `localhost:5000`.
    let domain: String

    /// Where to try, in order: HTTPS, and for this machine itself HTTP too.
    var candidates: [HTTPURL] {
        // Docker Hub answers under another name than its images have.
        let authority = domain == "docker.io" ? "registry-1.docker.io" : domain
        guard let secure = HTTPURL(scheme: .https, authority: authority, target: "/") else { return [] }
        guard secure.isLoopback, let plain = HTTPURL(scheme: .http, authority: authority, target: "/") else {
            return [secure]
        }
        return [secure, plain]
    }
}
