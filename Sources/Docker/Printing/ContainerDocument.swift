import ContainerRuntime
import Documents

/// A container as the Docker Engine API describes it (`GET /containers/{id}/json`).
enum ContainerDocument {
    /// - Parameters:
    ///   - endpoints: its places in networks.
    ///   - size: of its writable layer and of its whole tree, if they were asked for.
    static func make(
        _ status: ContainerStatus, endpoints: [NetworkEndpoint] = [], size: (writable: Int, root: Int)? = nil
    ) -> JSONValue {
        let configuration = status.configuration
        var document: JSONValue = [
            "Id": .string(status.id),
            "Created": .string(TimeText.rfc3339(status.createdAt)),
            "Path": .string(status.command.first ?? ""),
            "Args": strings(Array(status.command.dropFirst())),
            "State": state(status),
            "Image": .string(status.imageID),
            "ResolvConfPath": .string(path(status, "resolv.conf")),
            "HostnamePath": .string(path(status, "hostname")),
            "HostsPath": .string(path(status, "hosts")),
            "LogPath": .string(status.logPath),
            "Name": .string("/" + status.name),
            "RestartCount": .integer(status.restartCount),
            "Driver": "overlay",
            "Platform": "linux",
            "MountLabel": "",
            "ProcessLabel": "",
            "AppArmorProfile": "",
            "ExecIDs": .null,
            "HostConfig": HostConfigDocument.make(status),
            "GraphDriver": [
                "Name": "overlay",
                "Data": [
                    "LowerDir": .string(status.lowerDirectories.joined(separator: ":")),
                    "UpperDir": status.upperDirectory.map { .string($0) } ?? .null,
                ],
            ],
            "Mounts": .array(status.mounts.map(mount)),
            "Config": config(status),
            "NetworkSettings": networkSettings(status, endpoints),
        ]
        if let size {
            document["SizeRw"] = .integer(size.writable)
            document["SizeRootFs"] = .integer(size.root)
        }
        if !configuration.security.options.isEmpty {
            document["HostConfig"]["SecurityOpt"] = strings(configuration.security.options)
        }
        return document
    }

    private static func path(_ status: ContainerStatus, _ name: String) -> String {
        status.filesDirectory.isEmpty ? "" : "\(status.filesDirectory)/\(name)"
    }

    private static func state(_ status: ContainerStatus) -> JSONValue {
        var document: JSONValue = [
            "Status": .string(status.state.rawValue),
            "Running": .bool(status.state.isAlive || status.state == .restarting),
            "Paused": .bool(status.state == .paused),
            "Restarting": .bool(status.state == .restarting),
            "OOMKilled": .bool(status.exit?.outOfMemory ?? false),
            "Dead": false,
            "Pid": .integer(Int(status.pid ?? 0)),
            "ExitCode": .integer(Int(status.exit?.code ?? 0)),
            "Error": .string(status.startError.map { DockerMessage(error: $0).sentence } ?? ""),
            "StartedAt": .string(TimeText.rfc3339(status.startedAt)),
            "FinishedAt": .string(TimeText.rfc3339(status.finishedAt)),
        ]
        if let health = status.health {
            document["Health"] = [
                "Status": .string(health.state.rawValue),
                "FailingStreak": .integer(health.failingStreak),
                "Log": .array(
                    health.log.map { probe in
                        [
                            "Start": .string(TimeText.rfc3339(probe.startedAt)),
                            "End": .string(TimeText.rfc3339(probe.endedAt)),
                            "ExitCode": .integer(Int(probe.exitCode)), "Output": .string(probe.output),
                        ]
                    }),
            ]
        }
        return document
    }

    /// What the container was made with, over what its image says.
    private static func config(_ status: ContainerStatus) -> JSONValue {
        let configuration = status.configuration
        let image = status.image
        let ports = exposedPorts(status)
        let variables = EnvironmentList.merge((image?.environment ?? []) + configuration.environment)
        var labels = image?.labels ?? [:]
        labels.merge(configuration.labels) { $1 }
        var document: JSONValue = [
            "Hostname": .string(hostname(status)),
            "Domainname": .string(configuration.sandbox?.domainname ?? ""),
            "User": .string(configuration.user ?? image?.user ?? ""),
            "AttachStdin": .bool(configuration.openInput),
            "AttachStdout": true,
            "AttachStderr": true,
            "Tty": .bool(configuration.terminal),
            "OpenStdin": .bool(configuration.openInput),
            "StdinOnce": .bool(configuration.openInput),
            "Env": strings(variables),
            "Cmd": optional(configuration.command ?? (configuration.entrypoint == nil ? image?.command : nil)),
            "Image": .string(status.imageReference),
            "Volumes": set(image?.volumes ?? []),
            "WorkingDir": .string(configuration.workingDirectory ?? image?.workingDirectory ?? ""),
            "Entrypoint": optional(configuration.entrypoint ?? image?.entrypoint),
            "OnBuild": .null,
            "Labels": .object(
                JSONObject(labels.sorted { $0.key < $1.key }.map { (key: $0.key, value: .string($0.value)) })),
        ]
        if !ports.isEmpty { document["ExposedPorts"] = set(ports) }
        if let signal = configuration.stopSignal {
            document["StopSignal"] = .string(SignalName.name(signal))
        } else if let signal = image?.stopSignal {
            document["StopSignal"] = .string(signal)
        }
        if let seconds = configuration.stopTimeout { document["StopTimeout"] = .integer(seconds) }
        if let check = configuration.healthCheck ?? image?.healthCheck { document["Healthcheck"] = healthCheck(check) }
        return document
    }

    private static func healthCheck(_ check: HealthCheck) -> JSONValue {
        let test: [String] =
            switch check.test {
            case .none: ["NONE"]
            case .command(let words): ["CMD"] + words
            case .shell(let line): ["CMD-SHELL", line]
            }
        return [
            "Test": strings(test), "Interval": .integer(Int(check.interval * 1e9)),
            "Timeout": .integer(Int(check.timeout * 1e9)), "StartPeriod": .integer(Int(check.startPeriod * 1e9)),
            "StartInterval": .integer(Int(check.startInterval * 1e9)), "Retries": .integer(check.retries),
        ]
    }

    private static func hostname(_ status: ContainerStatus) -> String {
        let name = status.configuration.sandbox?.hostname ?? ""
        return name.isEmpty ? String(status.id.prefix(12)) : name
    }

    private static func mount(_ mount: MountPoint) -> JSONValue {
        var document: JSONValue = ["Type": .string(mount.kind.rawValue)]
        if let name = mount.name { document["Name"] = .string(name) }
        document["Source"] = .string(mount.source)
        document["Destination"] = .string(mount.target)
        if mount.kind == .volume { document["Driver"] = "local" }
        document["Mode"] = .string(mount.readOnly ? "ro" : "")
        document["RW"] = .bool(!mount.readOnly)
        document["Propagation"] = mount.kind == .bind ? "rprivate" : ""
        return document
    }

    // MARK: Network

    private static func networkSettings(_ status: ContainerStatus, _ endpoints: [NetworkEndpoint]) -> JSONValue {
        var networks = JSONObject()
        for endpoint in endpoints { networks[endpoint.networkName] = NetworkDocument.endpoint(endpoint) }
        let first = endpoints.first
        return [
            "Bridge": "",
            "SandboxID": .string(status.sandboxID),
            "SandboxKey": .string(status.pid.map { "/proc/\($0)/ns/net" } ?? ""),
            "Ports": ports(status),
            "Gateway": .string(first?.gateway ?? ""),
            "IPAddress": .string(status.address ?? ""),
            "IPPrefixLen": .integer(status.address == nil ? 0 : first?.prefixLength ?? 16),
            "MacAddress": .string(first?.hardwareAddress ?? ""),
            "Networks": .object(networks),
        ]
    }

    /// The names of the networks it was made for.
    static func networkNames(_ status: ContainerStatus) -> [String] {
        switch status.configuration.sandbox?.network {
        case .networks(let attachments): attachments.map(\.network)
        case .host: ["host"]
        case .some(.none): ["none"]
        case .sandbox: []
        case .pod, nil: ["bridge"]
        }
    }

    /// `80/tcp`, in order.
    static func exposedPorts(_ status: ContainerStatus) -> [String] {
        let published = status.configuration.publishedPorts.map {
            "\($0.containerPort)/\($0.transport.rawValue.lowercased())"
        }
        let all = Set((status.image?.exposedPorts ?? []) + status.configuration.exposedPorts + published)
        return all.sorted { (Int($0.prefix { $0 != "/" }) ?? 0, $0) < (Int($1.prefix { $0 != "/" }) ?? 0, $1) }
    }

    private static func ports(_ status: ContainerStatus) -> JSONValue {
        var ports = JSONObject()
        guard status.state.isAlive else { return .object(ports) }
        for port in exposedPorts(status) { ports[port] = .null }
        for port in status.publishedPorts {
            let key = "\(port.containerPort)/\(port.transport.rawValue.lowercased())"
            ports[key] = .array((ports[key]?.array ?? []) + [HostConfigDocument.binding(port)])
        }
        return .object(ports)
    }

    // MARK: Values

    static func strings(_ values: [String]) -> JSONValue { .array(values.map { .string($0) }) }

    /// An empty list is null, as in Go.
    private static func optional(_ values: [String]?) -> JSONValue {
        guard let values, !values.isEmpty else { return .null }
        return strings(values)
    }

    /// A set as Go's JSON has it, or null.
    private static func set(_ values: [String]) -> JSONValue {
        values.isEmpty ? .null : .object(JSONObject(values.map { (key: $0, value: JSONValue.object([:])) }))
    }
}

/// Variables of which later settings replace earlier ones in their place.
enum EnvironmentList {
    static func merge(_ entries: [String]) -> [String] {
        var order: [Substring] = []
        var values: [Substring: String] = [:]
        for entry in entries {
            let name = entry.prefix { $0 != "=" }
            if values.updateValue(entry, forKey: name) == nil { order.append(name) }
        }
        return order.compactMap { values[$0] }
    }
}
