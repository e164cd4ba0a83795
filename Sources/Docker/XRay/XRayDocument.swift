import ContainerRuntime
import Documents

/// What the kernel knows of a container, as a document.
enum XRayDocument {
    static func make(_ view: KernelView, _ sections: [XRaySection]) -> JSONValue {
        let status = view.status
        var document: JSONValue = [
            "Id": .string(status.id), "Name": .string(ContainerWord.name(of: status)),
            "State": .string(status.state.rawValue), "Pid": status.pid.map { .integer(Int($0)) } ?? .null,
        ]
        for section in sections { document.set(key(section), to: part(section, view)) }
        return document
    }

    private static func key(_ section: XRaySection) -> String {
        switch section {
        case .processes: "Processes"
        case .namespaces: "Namespaces"
        case .layers: "Layers"
        case .mounts: "Mounts"
        case .rights: "Rights"
        case .calls: "SystemCalls"
        case .limits: "ControlGroups"
        case .network: "Network"
        case .birth: "Birth"
        }
    }

    private static func part(_ section: XRaySection, _ view: KernelView) -> JSONValue {
        switch section {
        case .processes:
            return .array(
                view.processes.map { process in
                    [
                        "Pid": .integer(Int(process.pid)), "InnerPid": .integer(Int(process.innerPid)),
                        "Uid": .integer(Int(process.uid)), "InnerUid": .integer(Int(process.innerUid)),
                        "Command": .string(process.command),
                    ]
                })
        case .namespaces: return .array(view.namespaces.map(namespace))
        case .layers:
            return .array(
                view.layers.map { layer in
                    [
                        "Path": .string(layer.path), "Writable": .bool(layer.isUpper),
                        "Size": layer.size.map { .integer($0) } ?? .null,
                        "Entries": layer.entries.map { .integer($0) } ?? .null, "Changes": strings(layer.changes),
                    ]
                })
        case .mounts:
            return .array(
                view.mounts.map { mount in
                    [
                        "Target": .string(mount.target), "Type": .string(mount.type), "Source": .string(mount.source),
                        "Options": strings(mount.options),
                    ]
                })
        case .rights: return view.credentials.map(rights) ?? .null
        case .calls: return view.credentials?.systemCalls.map(calls) ?? .null
        case .limits:
            return [
                "Emulated": .bool(view.status.limitsAreEmulated),
                "Groups": .array(
                    view.controlGroups.map { group in
                        [
                            "Path": .string(group.path), "Controllers": strings(group.controllers),
                            "Files": .object(
                                JSONObject(group.files.map { (key: $0.name, value: .string($0.value)) })),
                        ]
                    }),
            ]
        case .network: return view.network.map { network($0, view.status) } ?? .null
        case .birth:
            return .array(
                view.birth.map { step in
                    [
                        "Call": .string(step.call), "Nanoseconds": .integer(nanoseconds(step.duration)),
                        "SinceRequest": .integer(nanoseconds(step.at)),
                    ]
                })
        }
    }

    private static func namespace(_ space: NamespaceView) -> JSONValue {
        [
            "Kind": .string(space.kind.rawValue), "Inode": .integer(Int(space.identity)),
            "HostInode": .integer(Int(space.hostIdentity)),
            "SharedWith": strings(space.others.filter { $0.identity == space.identity }.map(\.name)),
        ]
    }

    private static func rights(_ credentials: CredentialsView) -> JSONValue {
        func ranges(_ ranges: [CredentialsView.IdentityRange]) -> JSONValue {
            .array(
                ranges.map {
                    [
                        "Inside": .integer(Int($0.inside)), "Outside": .integer(Int($0.outside)),
                        "Count": .integer(Int($0.count)),
                    ]
                })
        }
        return [
            "Effective": strings(credentials.effective), "Bounding": strings(credentials.bounding),
            "Ambient": strings(credentials.ambient), "Missing": strings(credentials.missing),
            "NoNewPrivileges": .bool(credentials.noNewPrivileges), "UserMap": ranges(credentials.userMap),
            "GroupMap": ranges(credentials.groupMap),
        ]
    }

    private static func calls(_ calls: SystemCallView) -> JSONValue {
        [
            "Mode": .string("\(calls.mode)"), "Filters": .integer(calls.filters),
            "Instructions": .integer(calls.instructions), "Allowed": strings(calls.allowed),
            "Conditional": strings(calls.conditional), "Refused": strings(calls.refused),
        ]
    }

    private static func network(_ network: NetworkView, _ status: ContainerStatus) -> JSONValue {
        [
            "Harbours": .bool(network.isHarbours), "Gateway": network.gateway.map { .string($0) } ?? .null,
            "Interfaces": .array(
                network.interfaces.map { interface in
                    [
                        "Name": .string(interface.name), "Index": .integer(Int(interface.index)),
                        "Addresses": strings(interface.addresses),
                        "HardwareAddress": .string(interface.hardwareAddress),
                        "Peer": interface.peer.map { .string($0) } ?? .null,
                        "ReceivedBytes": .integer(Int(clamping: interface.receivedBytes)),
                        "SentBytes": .integer(Int(clamping: interface.sentBytes)),
                    ]
                }),
            "PublishedPorts": strings(
                status.publishedPorts.map {
                    "\($0.hostAddress):\($0.hostPort)->\($0.containerPort)/\($0.transport.rawValue)"
                }),
        ]
    }

    private static func nanoseconds(_ duration: Duration) -> Int {
        Int(duration.components.seconds) * 1_000_000_000 + Int(duration.components.attoseconds / 1_000_000_000)
    }

    private static func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
}
