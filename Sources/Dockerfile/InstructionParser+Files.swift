extension InstructionParser {
    /// COPY and ADD.
    func transfer() throws(DockerfileError) -> Transfer {
        var words = stringArray(rest) ?? InstructionWords.split(rest, escape: escape)
        guard words.count >= 2, let destination = words.popLast() else {
            let found = words.isEmpty ? "" : ", but only one was provided. Destination could not be determined"
            throw fail("\(keyword.rawValue) requires at least two arguments\(found)")
        }
        var documents = line.hereDocuments
        var found: [HereDocument] = []
        words.removeAll { word in
            guard let announced = HereDocument(announcedBy: word),
                let index = documents.firstIndex(where: { $0.name == announced.name })
            else { return false }
            found.append(documents.remove(at: index))
            return true
        }
        return Transfer(
            sources: words, destination: destination, hereDocuments: found, from: try value("from"),
            owner: try value("chown"), mode: try value("chmod"), checksum: try value("checksum"),
            excluded: flags.filter { $0.name == "exclude" }.compactMap(\.value), keepsParents: try isOn("parents"),
            isLinked: try isOn("link"))
    }

    /// RUN.
    func run(_ command: CommandForm) throws(DockerfileError) -> RunInstruction {
        if case .shell(let text) = command, text.isEmpty { throw fail("RUN requires at least one argument") }
        let network = try value("network") ?? "default"
        guard ["default", "none", "host"].contains(network) else {
            throw fail("unsupported network mode \"\(network)\"")
        }
        let security = try value("security") ?? "sandbox"
        guard ["sandbox", "insecure"].contains(security) else {
            throw fail("security \"\(security)\" is not supported")
        }
        var mounts: [BuildMount] = []
        for flag in flags where flag.name == "mount" { mounts.append(try mount(flag.value ?? "")) }
        return RunInstruction(
            command: command, hereDocuments: line.hereDocuments, mounts: mounts, network: network, security: security)
    }

    /// `type=cache,target=/root/.cache`
    private func mount(_ text: String) throws(DockerfileError) -> BuildMount {
        var mount = BuildMount(
            kind: .bind, target: "", isReadOnly: true, sharing: "shared", isRequired: false)
        var fields: [(key: String, value: String?)] = text.split(separator: ",").map { field in
            let key = field.prefix { $0 != "=" }
            return (
                key.lowercased(), key.endIndex == field.endIndex ? nil : String(field[key.endIndex...].dropFirst())
            )
        }
        if let index = fields.firstIndex(where: { $0.key == "type" }) {
            let name = fields.remove(at: index).value ?? ""
            guard let kind = BuildMount.Kind(rawValue: name) else { throw fail("unsupported mount type \"\(name)\"") }
            mount.kind = kind
        }
        mount.isReadOnly = mount.kind == .bind
        for (key, value) in fields { try set(key, value, in: &mount) }
        if mount.target.isEmpty, mount.kind != .secret, mount.kind != .ssh {
            throw fail("target is required for mount type \"\(mount.kind.rawValue)\"")
        }
        return mount
    }

    private func set(_ key: String, _ value: String?, in mount: inout BuildMount) throws(DockerfileError) {
        let isTrue = value.map { $0 == "true" || $0 == "1" } ?? true
        switch key {
        case "target", "dst", "destination": mount.target = value ?? ""
        case "source", "src": mount.source = value
        case "from": mount.from = value
        case "id": mount.id = value
        case "ro", "readonly": mount.isReadOnly = isTrue
        case "rw", "readwrite": mount.isReadOnly = !isTrue
        case "size": mount.size = value
        case "mode": mount.mode = value
        case "uid": mount.user = value
        case "gid": mount.group = value
        case "required": mount.isRequired = isTrue
        case "env": mount.variable = value
        case "sharing":
            guard let value, ["shared", "private", "locked"].contains(value) else {
                throw fail("unsupported sharing value \"\(value ?? "")\"")
            }
            mount.sharing = value
        default: throw fail("unexpected key '\(key)' in '\(key)\(value.map { "=" + $0 } ?? "")'")
        }
    }
}
