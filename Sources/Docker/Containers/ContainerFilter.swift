import ContainerRuntime

/// `--filter KEY=VALUE` of ps and prune: values of one key are alternatives (labels must all be there), keys must all
/// match.
struct ContainerFilter {
    private let wanted: [String: [String]]
    /// The moments of creation that `before` and `since` name.
    private var createdBefore: Double?
    private var createdAfter: Double?

    private static let known = [
        "name", "id", "status", "health", "label", "ancestor", "exited", "before", "since", "volume", "network",
        "publish",
        "expose", "is-task",
    ]

    /// - Parameter all: where containers that are named are looked for.
    init(_ texts: [String], _ all: [ContainerStatus]) throws(RuntimeError) {
        var wanted: [String: [String]] = [:]
        for text in texts {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, Self.known.contains(parts[0]) else {
                throw .invalid(
                    field: "filter",
                    reason: "'\(text)' (expected \(Self.known.dropLast().map { "\($0)=…" }.joined(separator: ", ")))")
            }
            wanted[parts[0], default: []].append(parts[1])
        }
        self.wanted = wanted
        for state in wanted["status"] ?? [] {
            let states = ["created", "running", "paused", "restarting", "removing", "exited", "dead"]
            guard states.contains(state) else {
                throw .conflict("invalid filter 'status=\(state)'")
            }
        }
        createdBefore = try wanted["before"]?.map { name throws(RuntimeError) in try Self.moment(name, all) }.min()
        createdAfter = try wanted["since"]?.map { name throws(RuntimeError) in try Self.moment(name, all) }.max()
    }

    private static func moment(_ name: String, _ all: [ContainerStatus]) throws(RuntimeError) -> Double {
        guard let status = all.first(where: { $0.name == name || (!name.isEmpty && $0.id.hasPrefix(name)) }) else {
            throw .noSuchContainer(name)
        }
        return status.createdAt
    }

    var wantsStopped: Bool { wanted["status"] != nil || wanted["exited"] != nil }
    var namesLabel: Bool { wanted["label"] != nil }

    func matches(_ status: ContainerStatus) -> Bool {
        if let createdBefore, status.createdAt >= createdBefore { return false }
        if let createdAfter, status.createdAt <= createdAfter { return false }
        return wanted.allSatisfy { key, values in
            key == "label"
                ? values.allSatisfy { Self.hasLabel(status, $0) } : values.contains { Self.matches(status, key, $0) }
        }
    }

    static func hasLabel(_ status: ContainerStatus, _ value: String) -> Bool {
        let parts = value.split(separator: "=", maxSplits: 1).map(String.init)
        guard let first = parts.first, let label = status.configuration.labels[first] else { return false }
        return parts.count < 2 || label == parts[1]
    }

    private static func matches(_ status: ContainerStatus, _ key: String, _ value: String) -> Bool {
        switch key {
        case "name": return status.name.contains(value.hasPrefix("/") ? String(value.dropFirst()) : value)
        case "id": return status.id.hasPrefix(value)
        case "status": return status.state.rawValue == value
        case "health": return (status.health?.state.rawValue ?? "none") == value
        case "ancestor":
            return status.imageReference == value || status.imageReference == value + ":latest"
                || (!value.isEmpty && status.imageID.hasPrefix(value.hasPrefix("sha256:") ? value : "sha256:" + value))
        case "exited": return status.state == .exited && status.exit.map { String($0.code) == value } ?? false
        case "volume": return status.mounts.contains { $0.name == value || $0.target == value || $0.source == value }
        case "network": return ContainerDocument.networkNames(status).contains(value)
        case "publish":
            return status.publishedPorts.contains {
                let port = "\($0.containerPort)"
                return port == value || "\(port)/\($0.transport.rawValue.lowercased())" == value
            }
        case "expose":
            return ContainerDocument.exposedPorts(status).contains { $0 == value || $0.hasPrefix(value + "/") }
        default: return true
        }
    }
}
