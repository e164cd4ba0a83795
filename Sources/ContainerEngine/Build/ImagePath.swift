/// Paths inside an image, as text.
enum ImagePath {
    /// Absolute, without dots, doubled slashes and a slash at the end.
    static func clean(_ path: some StringProtocol) -> String {
        var parts: [Substring] = []
        for part in Substring(path).split(separator: "/") where part != "." {
            if part == ".." {
                _ = parts.popLast()
            } else {
                parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// `path` seen from `directory`.
    static func join(_ directory: String, _ path: String) -> String {
        clean(path.hasPrefix("/") ? path : directory + "/" + path)
    }

    static func parts(_ path: some StringProtocol) -> [String] {
        Substring(path).split(separator: "/").map { String($0) }
    }

    static func parent(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    static func name(_ path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    static func child(_ directory: String, _ name: String) -> String {
        directory == "/" || directory.isEmpty ? "/" + name : directory + "/" + name
    }
}
