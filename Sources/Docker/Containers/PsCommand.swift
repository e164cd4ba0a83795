import Commands
import ContainerRuntime
import Documents
import Terminal

/// `docker ps`
enum PsCommand {
    static func make(_ engine: any Engine) -> Command {
        Command(
            "ps", summary: Localized(ko: "컨테이너 목록", en: "List containers"),
            flags: [
                Flag("all", short: "a", summary: Localized(ko: "멈춘 것까지", en: "Show stopped ones too")),
                Flag("quiet", short: "q", summary: Localized(ko: "ID 만", en: "Only show container IDs")),
                Flag("no-trunc", summary: Localized(ko: "자르지 않는다", en: "Don't truncate output")),
                Flag("latest", short: "l", summary: Localized(ko: "마지막 것만", en: "Only the last created")),
                Flag(
                    "last", short: "n", .integer, placeholder: "N",
                    summary: Localized(ko: "마지막 N 개", en: "The last N created")),
                Flag("size", short: "s", summary: Localized(ko: "크기도", en: "Show sizes too")),
                Flag(
                    "filter", short: "f", .list, placeholder: "KEY=VALUE",
                    summary: Localized(
                        ko:
                            "고르기: name, id, status, health, label, ancestor, exited, before, since, volume, network, publish",
                        en:
                            "Filter: name, id, status, health, label, ancestor, exited, before, since, volume, network, "
                            + "publish")),
                Flag("format", .text, placeholder: "TEMPLATE", summary: Localized(ko: "출력 틀", en: "Go template")),
            ]
        ) { line, context in
            do throws(RuntimeError) {
                let all = await engine.containers().sorted { $0.createdAt > $1.createdAt }
                let filter = try ContainerFilter(line.all("filter"), all)
                let count = line.isOn("latest") ? 1 : line.integer("last").flatMap { $0 > 0 ? $0 : nil }
                let isWide = line.isOn("all") || count != nil || filter.wantsStopped
                var found = all.filter { status in
                    (DockerContainers.isOwn(status) || filter.namesLabel)
                        && (isWide || status.state.isAlive || status.state == .restarting) && filter.matches(status)
                }
                if let count { found = Array(found.prefix(count)) }
                return try await print(found, line, engine, context)
            } catch {
                return context.report(error)
            }
        }
    }

    private static func print(
        _ found: [ContainerStatus], _ line: Invocation, _ engine: any Engine, _ context: CommandContext
    ) async throws(RuntimeError) -> Int32 {
        let format = line["format"]
        let withSize = line.isOn("size") || format?.contains(".Size") == true
        var rows: [ContainerRow] = []
        for status in found {
            let size = withSize ? try? await engine.containerSize(status.id) : nil
            rows.append(ContainerRow(status, whole: line.isOn("no-trunc"), size: size))
        }
        if line.isOn("quiet") {
            for row in rows { context.output.line(row.id) }
        } else if let format, format.hasPrefix("table ") {
            context.output.write(
                try FormatFlag.table(format, rows.map(\.document), headers: ContainerRow.headers))
        } else if let format, format != "table" {
            let template = try FormatFlag.template(format)
            for row in rows { context.output.line(try FormatFlag.render(template, row.document)) }
        } else {
            let header = ["CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES"]
            context.output.write(
                TablePrinter(
                    rows: [header + (withSize ? ["SIZE"] : [])]
                        + rows.map { $0.cells + (withSize ? [$0.size ?? ""] : []) }
                ).text(fitting: context.columns, shortenable: line.isOn("no-trunc") ? nil : 2))
        }
        return 0
    }
}

/// What `docker ps` shows of a container.
struct ContainerRow {
    let id: String
    let cells: [String]
    let size: String?
    let document: JSONValue

    static let headers: [String: String] = [
        "ID": "CONTAINER ID", "Image": "IMAGE", "Command": "COMMAND", "RunningFor": "CREATED",
        "CreatedAt": "CREATED AT", "Status": "STATUS", "State": "STATE", "Ports": "PORTS", "Names": "NAMES",
        "Labels": "LABELS", "Size": "SIZE", "Mounts": "MOUNTS", "Networks": "NETWORKS", "LocalVolumes": "LOCAL VOLUMES",
    ]

    init(_ status: ContainerStatus, whole: Bool, size: (writable: Int, root: Int)? = nil) {
        id = whole ? status.id : ShortID.of(status.id)
        let joined = status.command.joined(separator: " ")
        let command = whole || joined.count <= 20 ? joined : String(joined.prefix(19)) + "…"
        let created = HumanDuration.text(seconds: max(0, Now.seconds - status.createdAt)) + " ago"
        let state = Self.state(status)
        let ports = Self.ports(status)
        cells = [id, status.imageReference, "\"\(command)\"", created, state, ports, status.name]
        self.size = size.map { "\(ByteSize.decimal($0.writable)) (virtual \(ByteSize.decimal($0.root)))" }
        let mounts = status.mounts.map { $0.name.map { whole ? $0 : String($0.prefix(15)) } ?? $0.source }
        document = [
            "ID": .string(id), "Image": .string(status.imageReference), "Command": .string("\"\(command)\""),
            "RunningFor": .string(created), "CreatedAt": .string(TimeText.zoned(status.createdAt)),
            "Status": .string(state), "State": .string(status.state.rawValue), "Ports": .string(ports),
            "Names": .string(status.name), "Size": .string(self.size ?? "0B"),
            "Mounts": .string(mounts.joined(separator: ",")),
            "LocalVolumes": .string(String(status.mounts.count { $0.kind == .volume })),
            "Networks": .string(ContainerDocument.networkNames(status).joined(separator: ",")),
            "Labels": .string(
                status.configuration.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                    .joined(separator: ",")),
        ]
    }

    /// `Up 3 seconds (healthy)`, `Up 2 minutes (Paused)`, `Exited (0) 2 minutes ago`, `Created`.
    static func state(_ status: ContainerStatus) -> String {
        let end = HumanDuration.text(seconds: max(0, Now.seconds - (status.finishedAt ?? status.createdAt)))
        let start = HumanDuration.text(seconds: max(0, Now.seconds - (status.startedAt ?? status.createdAt)))
        switch status.state {
        case .created: return "Created"
        case .removing: return "Removal In Progress"
        case .restarting: return "Restarting (\(status.exit?.code ?? 0)) \(end) ago"
        case .paused: return "Up \(start) (Paused)"
        case .running:
            let health = status.health.map { " (\($0.state == .starting ? "health: starting" : $0.state.rawValue))" }
            return "Up \(start)\(health ?? "")"
        case .exited: return "Exited (\(status.exit?.code ?? 0)) \(end) ago"
        }
    }

    static func ports(_ status: ContainerStatus) -> String {
        status.state.isAlive ? PortList.text(of: status) : ""
    }
}
