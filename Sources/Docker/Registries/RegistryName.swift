/// A registry as people write it behind `docker login`.
enum RegistryName {
    /// What docker calls Docker Hub in its messages.
    static let hub = "https://index.docker.io/v1/"

    /// `docker.io`, `localhost:5000`: without scheme and path; all of Docker Hub's names are one.
    static func normalized(_ text: String) -> String {
        var name = text[...]
        for scheme in ["https://", "http://"] where name.hasPrefix(scheme) { name = name.dropFirst(scheme.count) }
        name = name.prefix { $0 != "/" }
        let hubs: Set<Substring> = [
            "", "docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com",
        ]
        return hubs.contains(name) ? "docker.io" : String(name)
    }

    static func shown(_ registry: String) -> String { registry == "docker.io" ? hub : registry }
}
