/// What a service may refer to outside itself.
struct ProjectScope {
    /// Absolute.
    let directory: String
    let variables: [String: String]
    /// The engine's name of each of the project's volumes.
    let volumeNames: [String: String]
    /// Paths by name, below `configs` and `secrets`.
    let files: [String: [String: String]]
    let readFile: (String) -> String?

    /// A path of the file made absolute.
    func path(_ text: String) -> String {
        if text.hasPrefix("/") { return Self.normalized(text) }
        if text == "~" || text.hasPrefix("~/") {
            return Self.normalized((variables["HOME"] ?? "/root") + text.dropFirst())
        }
        return Self.normalized(directory + "/" + text)
    }

    /// Without `.`, `..` and doubled slashes.
    static func normalized(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }
}
