import Commands
import ContainerRuntime
import Terminal

/// Which networks a container is to be in: the flags of run and create.
enum NetworkFlags {
    static let flags: [Flag] = [
        Flag(
            "network", .list, placeholder: "NETWORK",
            summary: Localized(
                ko: "네트워크: bridge, none, host, container:이름, 직접 만든 것",
                en: "Connect it to a network: bridge, none, host, container:NAME, or one of yours")),
        Flag("net", .list, summary: Localized(ko: "--network", en: "--network"), isHidden: true),
        Flag(
            "network-alias", .list, placeholder: "NAME",
            summary: Localized(ko: "네트워크 안에서 불릴 다른 이름", en: "Another name for it in its network")),
        Flag("net-alias", .list, summary: Localized(ko: "--network-alias", en: "--network-alias"), isHidden: true),
        Flag(
            "link", .list, placeholder: "CONTAINER[:ALIAS]",
            summary: Localized(
                ko: "다른 컨테이너를 /etc/hosts 에 적는다 (옛 방식)", en: "Put another container into /etc/hosts (legacy)")),
        Flag(
            "ip", .text, placeholder: "ADDRESS",
            summary: Localized(ko: "IPv4 주소 (예: 172.30.100.104)", en: "IPv4 address (e.g., 172.30.100.104)")),
        Flag(
            "mac-address", .text, placeholder: "ADDRESS",
            summary: Localized(ko: "MAC 주소 (예: 92:d0:c6:0a:29:33)", en: "MAC address (e.g., 92:d0:c6:0a:29:33)")),
    ]

    /// - Throws: `.invalid`, or `.noSuchContainer` for `container:NAME`.
    static func network(
        _ line: Invocation, _ runtime: any ContainerRuntime
    ) async throws(RuntimeError) -> SandboxConfiguration.Network {
        let wanted = line.all("network") + line.all("net")
        let aliases = line.all("network-alias") + line.all("net-alias")
        if let first = wanted.first, let mode = try await mode(first, runtime) {
            if wanted.count > 1 { throw .network(.exclusive(mode: mode.name)) }
            if !aliases.isEmpty {
                throw .invalid(
                    field: "--network-alias", reason: "conflicting options: \(first) has no names of its own")
            }
            if line["ip"] != nil { throw .network(.addressNeedsUserNetwork) }
            return mode.network
        }
        var attachments: [NetworkAttachment] = []
        for text in wanted.isEmpty ? ["bridge"] : wanted { attachments.append(try attachment(text)) }
        if !aliases.isEmpty {
            guard attachments[0].aliases.isEmpty else { throw conflict("--network-alias", "alias") }
            attachments[0].aliases = aliases
        }
        if let address = line["ip"] {
            guard attachments[0].address == nil else { throw conflict("--ip", "ip") }
            attachments[0].address = address
        }
        if let address = line["mac-address"] {
            guard attachments[0].hardwareAddress == nil else { throw conflict("--mac-address", "mac-address") }
            attachments[0].hardwareAddress = address
        }
        return .networks(attachments)
    }

    /// The containers that `--link` names.
    /// - Throws: where one of them does not run, as docker does.
    static func links(
        _ line: Invocation, name: String, _ runtime: any ContainerRuntime
    ) async throws(RuntimeError) -> [(container: String, alias: String)] {
        var links: [(container: String, alias: String)] = []
        for text in line.all("link") {
            let pair = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard (1...2).contains(pair.count), pair.allSatisfy({ !$0.isEmpty }) else {
                throw .invalid(field: "--link", reason: "bad format for links: \(text)")
            }
            let other = try await runtime.containerStatus(pair[0])
            let alias = pair.count > 1 ? pair[1] : other.name
            guard other.state.isAlive else {
                throw .conflict("Cannot link to a non running container: /\(other.name) AS /\(name)/\(alias)")
            }
            links.append((other.id, alias))
        }
        return links
    }

    private static func conflict(_ flag: String, _ key: String) -> RuntimeError {
        .invalid(
            field: "--network", reason: "conflicting options: cannot specify both \(flag) and per-network \(key)")
    }

    /// What is no network of its own.
    private static func mode(
        _ text: String, _ runtime: any ContainerRuntime
    ) async throws(RuntimeError) -> (name: String, network: SandboxConfiguration.Network)? {
        switch text {
        case "none": return ("none", SandboxConfiguration.Network.none)
        case "host": return ("host", .host)
        case _ where text.hasPrefix("container:"):
            let other = try await runtime.containerStatus(String(text.dropFirst("container:".count)))
            return ("container", .sandbox(other.sandboxID))
        default: return nil
        }
    }

    /// `NAME`, or `name=NAME,alias=WEB,ip=172.30.0.5,mac-address=…` in any order.
    static func attachment(_ text: String) throws(RuntimeError) -> NetworkAttachment {
        guard text.contains("=") else { return NetworkAttachment(text) }
        var attachment = NetworkAttachment("")
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard pair.count == 2, !pair[1].isEmpty else {
                throw .invalid(field: "--network", reason: "invalid field \(part): expected key=value")
            }
            switch pair[0] {
            case "name": attachment.network = pair[1]
            case "alias": attachment.aliases.append(pair[1])
            case "ip": attachment.address = pair[1]
            case "mac-address": attachment.hardwareAddress = pair[1]
            default: throw .invalid(field: "--network", reason: "invalid field key \(pair[0])")
            }
        }
        guard !attachment.network.isEmpty else {
            throw .invalid(field: "--network", reason: "network name/id is not specified")
        }
        return attachment
    }
}
