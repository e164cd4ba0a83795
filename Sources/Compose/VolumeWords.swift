import Documents

/// The mounts of a service as `--mount` and `-v` write them.
struct VolumeWords {
    let service: ServiceParser

    /// - Returns: the named volumes of the project among them.
    func append(to words: inout [String]) throws(ComposeError) -> [String] {
        var named: [String] = []
        for node in try service.node["volumes"]?.elements() ?? [] {
            if node.value.object != nil {
                try append(long: node, to: &words, &named)
            } else {
                try append(short: node, to: &words, &named)
            }
        }
        for kind in ["secrets", "configs"] {
            for node in try service.node[kind]?.elements() ?? [] { try append(file: node, kind: kind, to: &words) }
        }
        return named
    }

    private func append(short node: ComposeNode, to words: inout [String], _ named: inout [String]) throws(ComposeError)
    {
        var parts = try node.text().split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 1 else {
            words += ["--volume", parts[0]]
            return
        }
        if Self.isPath(parts[0]) {
            parts[0] = service.project.path(parts[0])
        } else {
            named.append(parts[0])
            parts[0] = try volume(parts[0], node)
        }
        words += ["--volume", parts.joined(separator: ":")]
    }

    private func append(long node: ComposeNode, to words: inout [String], _ named: inout [String]) throws(ComposeError)
    {
        try node.allow(only: [
            "type", "source", "target", "read_only", "bind", "volume", "tmpfs", "consistency", "image",
        ])
        let type = try node["type"]?.text() ?? "volume"
        guard let target = try node["target"]?.text() else { throw node.fault(.other("\(node.path) needs a target")) }
        var mount = "type=\(type),target=\(target)"
        if let source = try node["source"]?.text() {
            if type == "volume" {
                named.append(source)
                mount += ",source=\(try volume(source, node))"
            } else {
                mount += ",source=\(service.project.path(source))"
            }
        }
        if try node["read_only"]?.flag() == true { mount += ",readonly" }
        if let size = try node["tmpfs"]?["size"]?.text() { mount += ",tmpfs-size=\(size)" }
        words += ["--mount", mount]
    }

    /// A file of the project that appears read-only in the container.
    private func append(file node: ComposeNode, kind: String, to words: inout [String]) throws(ComposeError) {
        let name = try (node["source"] ?? node).text()
        guard let path = service.project.files[kind]?[name] else {
            throw node.fault(
                .undefined(
                    "service \"\(service.name)\" refers to undefined \(kind.dropLast()) \(name): invalid compose project"
                ))
        }
        let place = kind == "secrets" ? "/run/secrets/\(name)" : "/\(name)"
        var target = try node["target"]?.text() ?? place
        if !target.hasPrefix("/") { target = (kind == "secrets" ? "/run/secrets/" : "/") + target }
        words += ["--mount", "type=bind,source=\(path),target=\(target),readonly"]
    }

    private func volume(_ key: String, _ node: ComposeNode) throws(ComposeError) -> String {
        if let name = service.project.volumeNames[key] { return name }
        throw node.fault(
            .undefined("service \"\(service.name)\" refers to undefined volume \(key): invalid compose project"))
    }

    private static func isPath(_ text: String) -> Bool {
        text.hasPrefix("/") || text.hasPrefix(".") || text.hasPrefix("~")
    }
}
