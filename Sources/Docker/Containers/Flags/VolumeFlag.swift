import ContainerRuntime

/// `-v`: `NAME:/path`, `/host/path:/path`, `./path:/path`, `/path` (anonymous), each with options behind a further colon.
enum VolumeFlag {
    private static let propagations: Set<String> = ["private", "rprivate", "shared", "rshared", "slave", "rslave"]

    static func mount(_ text: String, workingDirectory: String = "/") throws(RuntimeError) -> Mount {
        func fail(_ reason: String) -> RuntimeError { .invalid(field: "--volume", reason: "\(text): \(reason)") }
        var parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        var readOnly = false
        var copies = true
        var propagation: String?
        if parts.count > 1, let last = parts.last, !last.hasPrefix("/") {
            for option in last.split(separator: ",", omittingEmptySubsequences: false) {
                switch option {
                case "ro", "readonly": readOnly = true
                case "rw", "z", "Z", "cached", "delegated", "consistent": break
                case "nocopy": copies = false
                case _ where propagations.contains(String(option)): propagation = String(option)
                default: throw fail("invalid mode: \(last)")
                }
            }
            parts.removeLast()
        }
        if let target = parts.last, target.hasPrefix("/"), target.allSatisfy({ $0 == "/" }) {
            throw fail("the whole of the container cannot be a volume")
        }
        guard (1...2).contains(parts.count) else { throw fail("expected SOURCE:TARGET[:ro]") }
        guard let target = parts.last, target.hasPrefix("/") else {
            throw fail("the path inside the container must be absolute")
        }
        var mount: Mount
        let source = parts.count > 1 ? absolute(parts[0], workingDirectory) : ""
        if parts.count > 1, parts[0].isEmpty { throw fail("'' is neither an absolute path nor a volume name") }
        if source.hasPrefix("/") {
            mount = Mount(source: .bind(path: source), target: target, readOnly: readOnly)
        } else {
            mount = try volume(source, target: target, readOnly: readOnly, shown: text)
        }
        mount.copiesImageContent = copies
        if let propagation { mount.propagation = propagation }
        return mount
    }

    /// A path as the docker client sends it: `.`, `./x` and `../x` are relative to where it runs.
    static func absolute(_ path: String, _ workingDirectory: String) -> String {
        guard path == "." || path == ".." || path.hasPrefix("./") || path.hasPrefix("../"), workingDirectory != "/"
        else { return path }
        var parts = workingDirectory.split(separator: "/").map(String.init)
        for part in path.split(separator: "/") {
            if part == ".." { _ = parts.popLast() } else if part != "." { parts.append(String(part)) }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// - Parameter name: empty for an anonymous one.
    static func volume(
        _ name: String, target: String, readOnly: Bool, shown: String
    ) throws(RuntimeError) -> Mount {
        if name.isEmpty {
            let digits = (0..<64).map { _ in String(UInt8.random(in: 0...15), radix: 16) }.joined()
            var mount = Mount(source: .volume(name: digits), target: target, readOnly: readOnly)
            mount.isAnonymous = true
            return mount
        }
        let isName = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_.-".contains($0)) }
        guard isName, let first = name.first, first.isLetter || first.isNumber else {
            throw .invalid(
                field: "--volume", reason: "\(shown): '\(name)' is neither an absolute path nor a volume name")
        }
        return Mount(source: .volume(name: name), target: target, readOnly: readOnly)
    }
}
