import Documents

extension RegistryClient {
    /// All tags of a repository, in the registry's order.
    public func tags(_ repository: String) async throws(RegistryError) -> [String] {
        var tags: [String] = []
        var next: HTTPURL? = try await url("/v2/\(repository)/tags/list")
        // A registry whose pages lead in a circle would never end.
        for _ in 0..<1000 {
            guard let page = next else { return tags }
            let (head, bytes, url) = try await document(
                Call("GET", page, scope: .pull(repository), accepted: [200]), limit: 8 << 20)
            guard let list = (try? JSONValue(parsing: bytes))?["tags"] else {
                throw .malformed(document: "tags of \(repository)", reason: "'tags' is missing")
            }
            tags += (list.array ?? []).compactMap(\.string)
            next = LinkHeader.target(of: "next", in: head.all("Link")).flatMap { url.resolving($0) }
            guard next.map({ $0.hasSameOrigin(as: page) }) ?? true else { return tags }
        }
        return tags
    }
}
