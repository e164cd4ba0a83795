import ContainerRuntime
import Documents

/// A container as the Docker Engine API describes it (`GET /containers/{id}/json`).
enum ContainerDocument {
    static func make(_ status: ContainerStatus) -> JSONValue {
        let configuration = status.configuration
        return [
            "Id": .string(status.id),
            "Created": .string(TimeText.rfc3339(status.createdAt)),
            "Path": .string(status.command.first ?? ""),
            "Args": strings(Array(status.command.dropFirst())),
            "State": state(status),
            "Image": .string(status.imageID),
            "Name": .string("/" + status.name),
            "Driver": "overlay",
            "GraphDriver": [
                "Name": "overlay",
                "Data": [
                    "LowerDir": .string(status.lowerDirectories.joined(separator: ":")),
                    "UpperDir": status.upperDirectory.map { .string($0) } ?? .null,
                ],
            ],
            "HostConfig": hostConfig(status),
            "Mounts": .array(configuration.mounts.map(mount)),
            "Config": [
                "Hostname": .string(configuration.sandbox?.hostname ?? ""),
                "User": .string(configuration.user ?? ""),
                "Tty": .bool(configuration.terminal),
                "OpenStdin": .bool(configuration.openInput),
                "Env": strings(configuration.environment),
                "Cmd": configuration.command.map(strings) ?? .null,
                "Image": .string(status.imageReference),
                "WorkingDir": .string(configuration.workingDirectory ?? ""),
                "Entrypoint": configuration.entrypoint.map(strings) ?? .null,
                "Labels": .object(
                    JSONObject(
                        configuration.labels.sorted { $0.key < $1.key }.map { (key: $0.key, value: .string($0.value)) }
                    )),
            ],
            "NetworkSettings": [
                "IPAddress": .string(status.address ?? ""),
                "SandboxID": .string(status.sandboxID),
                "Ports": ports(status),
            ],
        ]
    }

    private static func state(_ status: ContainerStatus) -> JSONValue {
        [
            "Status": .string(status.state.rawValue),
            "Running": .bool(status.state == .running),
            "Paused": false,
            "Restarting": false,
            "OOMKilled": .bool(status.exit?.outOfMemory ?? false),
            "Dead": false,
            "Pid": .integer(Int(status.pid ?? 0)),
            "ExitCode": .integer(Int(status.exit?.code ?? 0)),
            "Error": .string(status.startError.map { DockerMessage(error: $0).sentence } ?? ""),
            "StartedAt": .string(TimeText.rfc3339(status.startedAt)),
            "FinishedAt": .string(TimeText.rfc3339(status.finishedAt)),
        ]
    }

    private static func hostConfig(_ status: ContainerStatus) -> JSONValue {
        let configuration = status.configuration
        return [
            "NetworkMode": .string(networkMode(configuration.sandbox?.network)),
            "AutoRemove": .bool(configuration.removeOnExit),
            "ReadonlyRootfs": .bool(configuration.readOnlyRoot),
            "CapAdd": strings(configuration.addedCapabilities),
            "CapDrop": strings(configuration.droppedCapabilities),
            "Memory": .integer(status.resources.memory ?? 0),
            "NanoCpus": .integer(Int(min(status.resources.cpus ?? 0, 1e9) * 1e9)),
            "CpuShares": .integer(status.resources.cpuShares ?? 0),
            "PidsLimit": status.resources.pids.map { .integer($0) } ?? .null,
            // Not in docker: whether the kernel holds the limits, or kijabi watches them.
            "LimitsEmulated": .bool(status.limitsAreEmulated),
        ]
    }

    private static func networkMode(_ network: SandboxConfiguration.Network?) -> String {
        switch network {
        case .pod, nil: "bridge"
        case .networks(let attachments): attachments.first?.network ?? "bridge"
        case .some(.none): "none"
        case .host: "host"
        case .sandbox(let id): "container:\(id)"
        }
    }

    private static func mount(_ mount: Mount) -> JSONValue {
        let (type, source): (String, String) =
            switch mount.source {
            case .bind(let path): ("bind", path)
            case .volume(let name), .sandbox(let name): ("volume", name)
            case .tmpfs, .memory: ("tmpfs", "")
            case .files: ("tmpfs", "")
            case .copyOnWrite(let path), .entrusted(let path): ("bind", path)
            }
        return [
            "Type": .string(type), "Source": .string(source), "Destination": .string(mount.target),
            "RW": .bool(!mount.readOnly),
        ]
    }

    private static func ports(_ status: ContainerStatus) -> JSONValue {
        var ports = JSONObject()
        for port in status.publishedPorts {
            let key = "\(port.containerPort)/\(port.transport.rawValue.lowercased())"
            let binding: JSONValue = [
                "HostIp": .string(port.hostAddress), "HostPort": .string(String(port.hostPort)),
            ]
            ports[key] = .array((ports[key]?.array ?? []) + [binding])
        }
        return .object(ports)
    }

    static func strings(_ values: [String]) -> JSONValue { .array(values.map { .string($0) }) }
}
