import Documents

/// Makes the relative paths of a document absolute, so that it means the same among documents of another directory
/// (`include`, `extends` with a file).
struct PathAnchor {
    /// Absolute; where the paths start.
    let directory: String

    func path(_ text: String) -> String {
        if text.hasPrefix("/") || text.hasPrefix("~") || text.contains("://") || text.hasPrefix("git@") { return text }
        return ProjectScope.normalized(directory + "/" + text)
    }

    /// A whole file.
    func document(_ document: JSONValue) -> JSONValue {
        var document = document
        if let services = document["services"]?.object {
            var anchored = JSONObject()
            for (name, value) in services { anchored[name] = service(value) }
            document["services"] = .object(anchored)
        }
        for section in ["configs", "secrets"] {
            guard let entries = document[section]?.object else { continue }
            var anchored = JSONObject()
            for (name, value) in entries {
                var value = value
                anchor(&value, "file")
                anchored[name] = value
            }
            document[section] = .object(anchored)
        }
        return document
    }

    /// A service.
    func service(_ value: JSONValue) -> JSONValue {
        guard value.object != nil else { return value }
        var service = value
        if let build = service["build"] {
            service["build"] = build.string.map { .string(path($0)) } ?? anchored(build, "context", fallback: ".")
        }
        if service["extends"]?["file"] != nil { service["extends"] = anchored(service["extends"] ?? .null, "file") }
        for key in ["env_file", "label_file"] {
            if let files = service[key] { service[key] = each(files) { anchored($0, "path") } }
        }
        if let mounts = service["volumes"]?.array {
            service["volumes"] = .array(mounts.map(mount))
        }
        if let rules = service["develop"]?["watch"]?.array {
            var develop = service["develop"] ?? [:]
            develop["watch"] = .array(rules.map { anchored($0, "path") })
            service["develop"] = develop
        }
        return service
    }

    private func mount(_ value: JSONValue) -> JSONValue {
        guard let text = value.string else {
            return value["type"]?.string == "bind" ? anchored(value, "source") : value
        }
        guard text.hasPrefix("."), let colon = text.firstIndex(of: ":") else { return value }
        return .string(path(String(text[..<colon])) + text[colon...])
    }

    /// A path, or a list of paths and of mappings with one.
    private func each(_ value: JSONValue, _ change: (JSONValue) -> JSONValue) -> JSONValue {
        if let text = value.string { return .string(path(text)) }
        guard let list = value.array else { return change(value) }
        return .array(list.map { entry in entry.string.map { .string(path($0)) } ?? change(entry) })
    }

    private func anchored(_ value: JSONValue, _ key: String, fallback: String? = nil) -> JSONValue {
        var value = value
        if value[key] == nil, let fallback, value.object != nil { value[key] = .string(fallback) }
        anchor(&value, key)
        return value
    }

    private func anchor(_ value: inout JSONValue, _ key: String) {
        guard value.object != nil, let text = value[key]?.string else { return }
        value[key] = .string(path(text))
    }
}
