import ContainerRuntime
import Documents

/// Containers as assertions see them.
enum ContainerView {
    static func isOwn(_ status: ContainerStatus) -> Bool {
        status.configuration.labels["io.kubernetes.pod.name"] == nil
            && status.configuration.labels["kijabi.role"] == nil
    }

    /// The container where what a learner types runs, if it is none of ours.
    static func isToolbox(_ status: ContainerStatus) -> Bool {
        status.configuration.labels["kijabi.role"] == "toolbox"
    }

    static func item(_ status: ContainerStatus) -> ObservedItem {
        ObservedItem(identity: "\(status.id)@\(status.startedAt ?? 0)", document: .object(fields(status)))
    }

    static func fields(_ status: ContainerStatus) -> JSONObject {
        let configuration = status.configuration
        var fields: JSONObject = [
            "id": .string(status.id), "name": .string(status.name), "image": .string(status.imageReference),
            "state": .string(status.state.rawValue), "command": .string(status.command.joined(separator: " ")),
            "terminal": .bool(configuration.terminal), "input": .bool(configuration.openInput),
            "removeOnExit": .bool(configuration.removeOnExit), "network": .string(network(configuration)),
            "hostname": .string(configuration.sandbox?.hostname ?? ""),
            "emulated": .bool(status.limitsAreEmulated),
            "shared": .array(configuration.sharedWithHost.map(\.rawValue).sorted().map { .string($0) }),
            "joined": .array(configuration.sharedWithContainer.keys.map(\.rawValue).sorted().map { .string($0) }),
            "volumes": .array(status.mounts.compactMap(\.name).map { .string($0) }),
            "ports": .array(
                status.publishedPorts.map {
                    ["host": .integer(Int($0.hostPort)), "container": .integer(Int($0.containerPort))]
                }),
        ]
        let environment = configuration.environment.map { entry -> JSONObject.Member in
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (key: String(parts[0]), value: .string(parts.count > 1 ? String(parts[1]) : ""))
        }
        fields["environment"] = .object(JSONObject(environment))
        // What is where: a volume's name, or a path of whoever mounted it.
        fields["mounts"] = .object(
            JSONObject(
                configuration.mounts.compactMap { mount -> JSONObject.Member? in
                    switch mount.source {
                    case .volume(let name): (key: mount.target, value: .string(name))
                    case .bind(let path), .container(_, let path): (key: mount.target, value: .string(path))
                    default: nil
                    }
                }))
        fields["pid"] = status.pid.map { .integer(Int($0)) }
        fields["address"] = status.address.map { .string($0) }
        fields["exitCode"] = status.exit.map { .integer(Int($0.code)) }
        fields["signal"] = status.exit?.signal.map { .integer(Int($0)) }
        fields["outOfMemory"] = status.exit.map { .bool($0.outOfMemory) }
        fields["memory"] = status.resources.memory.map { .integer($0) }
        fields["cpus"] = status.resources.cpus.map { .number(JSONNumber($0)) }
        fields["pids"] = status.resources.pids.map { .integer($0) }
        return fields
    }

    private static func network(_ configuration: ContainerConfiguration) -> String {
        if configuration.sharedWithHost.contains(.network) { return "host" }
        switch configuration.sandbox?.network {
        case .pod, nil: return "bridge"
        case .networks(let attachments): return attachments.first?.network ?? "none"
        case .host: return "host"
        case .sandbox: return "container"
        case .some(.none): return "none"
        }
    }
}
