import ContainerRuntime
import Documents

/// What a container was given of the machine, as the Docker Engine API describes it (`HostConfig`).
enum HostConfigDocument {
    static func make(_ status: ContainerStatus) -> JSONValue {
        let configuration = status.configuration
        let resources = status.resources
        let memory = resources.memory ?? 0
        var document: JSONValue = [
            "Binds": binds(configuration),
            "ContainerIDFile": "",
            "LogConfig": logConfig(configuration.log),
            "NetworkMode": .string(networkMode(configuration.sandbox?.network)),
            "PortBindings": portBindings(configuration),
            "RestartPolicy": [
                "Name": .string(configuration.restartPolicy.name),
                "MaximumRetryCount": .integer(configuration.restartPolicy.maximumRetries ?? 0),
            ],
            "AutoRemove": .bool(configuration.removeOnExit),
            "VolumeDriver": "",
            "VolumesFrom": optional(configuration.volumesFrom),
            "CapAdd": optional(configuration.addedCapabilities),
            "CapDrop": optional(configuration.droppedCapabilities),
            "CgroupnsMode": .string(mode(configuration, .cgroup, fallback: "private")),
            "Dns": ContainerDocument.strings(configuration.sandbox?.dns?.nameservers ?? []),
            "DnsOptions": ContainerDocument.strings(configuration.sandbox?.dns?.options ?? []),
            "DnsSearch": ContainerDocument.strings(configuration.sandbox?.dns?.searches ?? []),
            "ExtraHosts": optional(
                (configuration.sandbox?.hosts ?? []).flatMap { entry in entry.names.map { "\($0):\(entry.address)" } }),
            "GroupAdd": optional(configuration.additionalGroups),
            "IpcMode": .string(mode(configuration, .ipc, fallback: "private")),
            "Links": optional(
                (configuration.sandbox?.links ?? []).map { "\($0.container):/\(status.name)/\($0.alias)" }),
            "OomScoreAdj": .integer(configuration.oomScoreAdjustment ?? 0),
            "PidMode": .string(mode(configuration, .pid, fallback: "")),
            "Privileged": .bool(configuration.isPrivileged),
            "PublishAllPorts": .bool(configuration.publishesAllPorts),
            "ReadonlyRootfs": .bool(configuration.readOnlyRoot),
            "SecurityOpt": .null,
            "StorageOpt": configuration.layerSize.map { ["size": .string(String($0))] } ?? .null,
            "UTSMode": .string(mode(configuration, .uts, fallback: "")),
            "UsernsMode": .string(mode(configuration, .user, fallback: "")),
            "ShmSize": .integer(configuration.sharedMemorySize ?? 64 << 20),
            "Runtime": "kijabi-zygote",
            "Init": .bool(configuration.usesInit),
            "CpuShares": .integer(resources.cpuShares ?? 0),
            "Memory": .integer(memory),
            "MemoryReservation": .integer(resources.memoryReservation ?? 0),
            "MemorySwap": .integer(resources.memoryAndSwap ?? memory),
            "NanoCpus": .integer(Int(min(resources.cpus ?? 0, 1e9) * 1e9)),
            "CpuPeriod": .integer(resources.cpuPeriod ?? 0),
            "CpuQuota": .integer(resources.cpuQuota ?? 0),
            "CpusetCpus": .string(resources.cpuset ?? ""),
            "CpusetMems": .string(resources.memoryNodes ?? ""),
            "Devices": .array(
                configuration.devices.map {
                    [
                        "PathOnHost": .string($0.path), "PathInContainer": .string($0.target),
                        "CgroupPermissions": .string($0.readOnly ? "r" : "rwm"),
                    ]
                }),
            "PidsLimit": resources.pids.map { .integer($0) } ?? .null,
            "Ulimits": .array(
                configuration.processLimits.map {
                    ["Name": .string($0.name), "Hard": .integer($0.hard), "Soft": .integer($0.soft)]
                }),
        ]
        if !configuration.kernelParameters.isEmpty {
            document["Sysctls"] = .object(
                JSONObject(
                    configuration.kernelParameters.sorted { $0.key < $1.key }.map {
                        (key: $0.key, value: .string($0.value))
                    }))
        }
        if !configuration.annotations.isEmpty {
            document["Annotations"] = .object(
                JSONObject(
                    configuration.annotations.sorted { $0.key < $1.key }.map { (key: $0.key, value: .string($0.value)) }
                ))
        }
        // Not in docker: whether the kernel holds the limits, or kijabi watches them.
        document["LimitsEmulated"] = .bool(status.limitsAreEmulated)
        return document
    }

    static func binding(_ port: PublishedPort) -> JSONValue {
        ["HostIp": .string(port.hostAddress), "HostPort": .string(port.hostPort == 0 ? "" : String(port.hostPort))]
    }

    private static func portBindings(_ configuration: ContainerConfiguration) -> JSONValue {
        var bindings = JSONObject()
        for port in configuration.publishedPorts {
            let key = "\(port.containerPort)/\(port.transport.rawValue.lowercased())"
            bindings[key] = .array((bindings[key]?.array ?? []) + [binding(port)])
        }
        return .object(bindings)
    }

    /// As `-v` writes them.
    private static func binds(_ configuration: ContainerConfiguration) -> JSONValue {
        let texts = configuration.mounts.compactMap { mount -> String? in
            let source: String
            switch mount.source {
            case .bind(let path), .container(_, let path), .entrusted(let path), .copyOnWrite(let path): source = path
            case .volume(let name) where !mount.isAnonymous: source = name
            default: return nil
            }
            return "\(source):\(mount.target)\(mount.readOnly ? ":ro" : "")"
        }
        return optional(texts)
    }

    private static func logConfig(_ log: LogConfiguration) -> JSONValue {
        var options = JSONObject()
        if let files = log.maximumFiles { options["max-file"] = .string(String(files)) }
        if let size = log.maximumSize { options["max-size"] = .string(String(size)) }
        return ["Type": log.isDiscarded ? "none" : "json-file", "Config": .object(options)]
    }

    private static func mode(
        _ configuration: ContainerConfiguration, _ kind: NamespaceKind, fallback: String
    ) -> String {
        if configuration.sharedWithHost.contains(kind) { return "host" }
        return configuration.sharedWithContainer[kind].map { "container:\($0)" } ?? fallback
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

    private static func optional(_ values: [String]) -> JSONValue {
        values.isEmpty ? .null : ContainerDocument.strings(values)
    }
}
