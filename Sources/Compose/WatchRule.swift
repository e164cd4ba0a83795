import Documents

/// What is to happen when files of the project change (compose-spec, develop.md).
public struct WatchRule: Sendable, Hashable {
    public enum Action: String, Sendable, Hashable, CaseIterable {
        case sync
        case rebuild
        case restart
        case syncAndRestart = "sync+restart"
    }

    /// A directory or file, absolute.
    public var path: String
    public var action: Action
    /// Where the files go in the container; empty where they do not.
    public var target: String
    /// Names and paths below `path` that do not count.
    public var ignored: [String]

    /// Whether a path below `path` counts.
    public func counts(_ relative: String) -> Bool {
        let parts = relative.split(separator: "/").map(String.init)
        return !ignored.contains { pattern in
            let trimmed = pattern.hasSuffix("/") ? String(pattern.dropLast()) : pattern
            return parts.contains(trimmed) || relative == trimmed || relative.hasPrefix(trimmed + "/")
                || (trimmed.hasPrefix("*") && (parts.last ?? "").hasSuffix(trimmed.dropFirst()))
        }
    }
}

extension ServiceParser {
    func watchRules() throws(ComposeError) -> [WatchRule] {
        guard let develop = node["develop"] else { return [] }
        try develop.allow(only: ["watch"])
        var rules: [WatchRule] = []
        for entry in try develop["watch"]?.elements() ?? [] {
            try entry.allow(only: ["path", "action", "target", "ignore", "include", "initial_sync", "exec"])
            guard let path = try entry["path"]?.text() else {
                throw entry.fault(.other("\(entry.path): a path is missing"))
            }
            guard let word = try entry["action"]?.text(), let action = WatchRule.Action(rawValue: word) else {
                let all = WatchRule.Action.allCases.map(\.rawValue).joined(separator: ", ")
                throw entry.fault(.other("\(entry.path).action must be one of \(all)"))
            }
            let target = try entry["target"]?.text() ?? ""
            if action == .sync || action == .syncAndRestart, target.isEmpty {
                throw entry.fault(.other("\(entry.path): the action \(word) needs a target"))
            }
            if action == .rebuild, node["build"] == nil {
                throw entry.fault(.other("\(entry.path): the action rebuild needs a build section"))
            }
            rules.append(
                WatchRule(
                    path: project.path(path), action: action, target: target,
                    ignored: try entry["ignore"]?.texts() ?? []))
        }
        return rules
    }
}
