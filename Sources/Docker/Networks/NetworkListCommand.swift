import Commands
import ContainerRuntime
import Documents
import Terminal

/// `docker network ls`
enum NetworkListCommand {
    static func make(_ networks: any NetworkService) -> Command {
        Command(
            "ls", aliases: ["list"], summary: Localized(ko: "네트워크 목록", en: "List networks"),
            flags: [
                Flag("quiet", short: "q", summary: Localized(ko: "ID 만", en: "Only display network IDs")),
                Flag("no-trunc", summary: Localized(ko: "자르지 않는다", en: "Do not truncate the output")),
                Flag(
                    "filter", short: "f", .list, placeholder: "KEY=VALUE",
                    summary: Localized(
                        ko: "고르기: driver, id, label, name, scope, type, dangling",
                        en: "Filter: driver, id, label, name, scope, type, dangling")),
                RowFormat.flag,
            ]
        ) { line, context in
            do throws(RuntimeError) {
                let filters = try line.all("filter").map { text throws(RuntimeError) in try NetworkFilter(text) }
                let found = await networks.networks().filter { network in
                    NetworkFilter.all(filters, match: network)
                }
                try print(found, line, context)
                return 0
            } catch {
                return context.report(error)
            }
        }
    }

    private static func print(
        _ found: [NetworkStatus], _ line: Invocation, _ context: CommandContext
    ) throws(RuntimeError) {
        let whole = line.isOn("no-trunc")
        func id(_ network: NetworkStatus) -> String { whole ? network.id : ShortID.of(network.id) }
        if line.isOn("quiet"), line["format"] == nil {
            for network in found { context.output.line(id(network)) }
            return
        }
        let format = RowFormat(
            columns: [("NETWORK ID", "ID"), ("NAME", "Name"), ("DRIVER", "Driver"), ("SCOPE", "Scope")],
            further: [
                ("IPV4", "IPv4"), ("IPV6", "IPv6"), ("INTERNAL", "Internal"), ("LABELS", "Labels"),
                ("CREATED AT", "CreatedAt"),
            ])
        try format.print(found.map { row($0, id: id($0)) }, format: line["format"], context)
    }

    private static func row(_ network: NetworkStatus, id: String) -> JSONValue {
        [
            "CreatedAt": .string(TimeText.rfc3339(network.createdAt)), "Driver": .string(network.driver.rawValue),
            "ID": .string(id), "IPv4": .string("true"), "IPv6": .string("false"),
            "Internal": .string(String(network.isInternal)),
            "Labels": .string(
                network.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")),
            "Name": .string(network.name), "Scope": .string("local"),
        ]
    }
}

/// `--filter KEY=VALUE` of networks. Values of one key are alternatives, but of `label` all must fit.
struct NetworkFilter {
    let key: String
    let value: String

    init(_ text: String) throws(RuntimeError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, ["driver", "id", "label", "name", "scope", "type", "dangling"].contains(parts[0]) else {
            throw .invalid(field: "filter", reason: "'\(text)'")
        }
        key = parts[0]
        value = parts[1]
        if key == "type", !["custom", "builtin"].contains(value) {
            throw .invalid(field: "filter", reason: "'type=\(value)': custom or builtin")
        }
    }

    static func all(_ filters: [NetworkFilter], match network: NetworkStatus) -> Bool {
        Dictionary(grouping: filters, by: \.key).allSatisfy { key, alternatives in
            key == "label"
                ? alternatives.allSatisfy { $0.matches(network) } : alternatives.contains { $0.matches(network) }
        }
    }

    func matches(_ network: NetworkStatus) -> Bool {
        switch key {
        case "driver": return network.driver.rawValue == value
        case "id": return network.id.hasPrefix(value)
        case "name": return network.name.contains(value)
        case "scope": return value == "local"
        case "type": return network.isPredefined == (value == "builtin")
        case "dangling":
            let isDangling = !network.isPredefined && network.endpoints.isEmpty
            return isDangling == (value == "true" || value == "1")
        default:
            let pair = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let label = network.labels[pair[0]] else { return false }
            return pair.count < 2 || label == pair[1]
        }
    }
}
