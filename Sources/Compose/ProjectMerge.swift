import Documents

/// Puts a further compose file over a first one (compose-spec, 13-merge.md): mappings are joined, most lists are added
/// to, single values are replaced.
enum ProjectMerge {
    /// Lists that say one thing as a whole.
    private static let replaced: Set<String> = ["command", "entrypoint", "test"]
    /// Lists of `NAME=value` entries, which are mappings in another form.
    private static let assignments: Set<String> = ["environment", "labels", "sysctls", "args", "extra_hosts"]

    static func merge(_ base: JSONValue, _ over: JSONValue, key: String = "") -> JSONValue {
        if assignments.contains(key), let left = object(base), let right = object(over) {
            return merge(.object(left), .object(right))
        }
        switch (base, over) {
        case (.object(var base), .object(let over)):
            for (key, value) in over {
                base[key] = base[key].map { merge($0, value, key: key) } ?? value
            }
            return .object(base)
        case (.array(let base), .array(let over)) where !replaced.contains(key):
            if key == "volumes" { return .array(merge(mounts: base, over)) }
            return .array(base + over.filter { !base.contains($0) })
        default: return over
        }
    }

    private static func object(_ value: JSONValue) -> JSONObject? {
        if let object = value.object { return object }
        guard let entries = value.array else { return nil }
        var object = JSONObject()
        for entry in entries {
            guard let text = entry.string else { return nil }
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            object[String(parts[0])] = parts.count > 1 ? .string(String(parts[1])) : .null
        }
        return object
    }

    /// Mounts at the same place replace each other.
    private static func merge(mounts base: [JSONValue], _ over: [JSONValue]) -> [JSONValue] {
        let targets = Set(over.compactMap(target))
        return base.filter { target($0).map { !targets.contains($0) } ?? true } + over
    }

    private static func target(_ mount: JSONValue) -> String? {
        if let target = mount["target"]?.string { return target }
        let parts = (mount.string ?? "").split(separator: ":", omittingEmptySubsequences: false)
        return parts.count > 1 ? String(parts[1]) : parts.first.map(String.init)
    }
}
