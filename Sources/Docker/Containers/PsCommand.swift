import Commands
import ContainerRuntime
import Documents
import Terminal

/// `docker ps`
enum PsCommand {
    static func make(_ runtime: any ContainerRuntime) -> Command {
        Command(
            "ps", summary: Localized(ko: "컨테이너 목록", en: "List containers"),
            flags: [
                Flag("all", short: "a", summary: Localized(ko: "멈춘 것까지", en: "Show stopped ones too")),
                Flag("quiet", short: "q", summary: Localized(ko: "ID 만", en: "Only show container IDs")),
                Flag("no-trunc", summary: Localized(ko: "자르지 않는다", en: "Don't truncate output")),
                Flag("latest", short: "l", summary: Localized(ko: "마지막 것만", en: "Only the last created")),
                Flag(
                    "filter", short: "f", .list, placeholder: "KEY=VALUE",
                    summary: Localized(
                        ko: "고르기: name, id, status, label, ancestor, exited",
                        en: "Filter: name, id, status, label, ancestor, exited")),
                Flag("format", .text, placeholder: "TEMPLATE", summary: Localized(ko: "출력 틀", en: "Go template")),
            ]
        ) { line, context in
            do throws(RuntimeError) {
                let filters = try line.all("filter").map { text throws(RuntimeError) in
                    try ContainerFilter(text)
                }
                let all = await runtime.containers().sorted { $0.createdAt > $1.createdAt }
                let isWide = line.isOn("all") || line.isOn("latest") || filters.contains(where: \.wantsStopped)
                var found = all.filter { status in
                    (DockerContainers.isOwn(status) || filters.contains(where: \.isLabel))
                        && (isWide || status.state == .running) && filters.allSatisfy { $0.matches(status) }
                }
                if line.isOn("latest") { found = Array(found.prefix(1)) }
                return try print(found, line, context)
            } catch {
                return context.report(error)
            }
        }
    }

    private static func print(_ found: [ContainerStatus], _ line: Invocation, _ context: CommandContext)
        throws(RuntimeError) -> Int32
    {
        let whole = line.isOn("no-trunc")
        let rows = found.map { ContainerRow($0, whole: whole) }
        if line.isOn("quiet") {
            for row in rows { context.output.line(row.id) }
        } else if let format = line["format"] {
            let template = try FormatFlag.template(format)
            for row in rows { context.output.line(try FormatFlag.render(template, row.document)) }
        } else {
            let header = ["CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES"]
            context.output.write(TablePrinter(rows: [header] + rows.map(\.cells)).text())
        }
        return 0
    }
}

/// What `docker ps` shows of a container.
struct ContainerRow {
    let id: String
    let cells: [String]
    let document: JSONValue

    init(_ status: ContainerStatus, whole: Bool) {
        id = whole ? status.id : ShortID.of(status.id)
        let joined = status.command.joined(separator: " ")
        let command = whole || joined.count <= 20 ? joined : String(joined.prefix(19)) + "…"
        let created = HumanDuration.text(seconds: max(0, Now.seconds - status.createdAt)) + " ago"
        let state = Self.state(status)
        let ports = Self.ports(status)
        cells = [id, status.imageReference, "\"\(command)\"", created, state, ports, status.name]
        document = [
            "ID": .string(id), "Image": .string(status.imageReference), "Command": .string("\"\(command)\""),
            "RunningFor": .string(created), "CreatedAt": .string(TimeText.rfc3339(status.createdAt)),
            "Status": .string(state), "State": .string(status.state.rawValue), "Ports": .string(ports),
            "Names": .string(status.name),
            "Labels": .string(
                status.configuration.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                    .joined(separator: ",")),
        ]
    }

    /// `Up 3 seconds`, `Exited (0) 2 minutes ago`, `Created`.
    static func state(_ status: ContainerStatus) -> String {
        switch status.state {
        case .created: return "Created"
        case .removing: return "Removal In Progress"
        case .restarting:
            let since = HumanDuration.text(seconds: max(0, Now.seconds - (status.finishedAt ?? status.createdAt)))
            return "Restarting (\(status.exit?.code ?? 0)) \(since) ago"
        case .running, .paused:
            return "Up " + HumanDuration.text(seconds: max(0, Now.seconds - (status.startedAt ?? status.createdAt)))
        case .exited:
            let since = HumanDuration.text(seconds: max(0, Now.seconds - (status.finishedAt ?? status.createdAt)))
            return "Exited (\(status.exit?.code ?? 0)) \(since) ago"
        }
    }

    static func ports(_ status: ContainerStatus) -> String {
        guard status.state == .running else { return "" }
        return status.publishedPorts.map {
            "\($0.hostAddress):\($0.hostPort)->\($0.containerPort)/\($0.transport.rawValue.lowercased())"
        }.joined(separator: ", ")
    }
}

/// `--filter KEY=VALUE`
struct ContainerFilter {
    let key: String
    let value: String

    init(_ text: String) throws(RuntimeError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let known = ["name", "id", "status", "label", "ancestor", "exited"]
        guard parts.count == 2, known.contains(parts[0]) else {
            throw .invalid(
                field: "filter", reason: "'\(text)' (expected \(known.map { "\($0)=…" }.joined(separator: ", ")))")
        }
        key = parts[0]
        value = parts[1]
    }

    var wantsStopped: Bool { key == "status" || key == "exited" }
    var isLabel: Bool { key == "label" }

    func matches(_ status: ContainerStatus) -> Bool {
        switch key {
        case "name": return status.name.contains(value)
        case "id": return status.id.hasPrefix(value)
        case "status": return status.state.rawValue == value
        case "ancestor": return status.imageReference == value || status.imageReference == value + ":latest"
        case "exited": return status.exit.map { String($0.code) == value } ?? false
        default:
            let parts = value.split(separator: "=", maxSplits: 1).map(String.init)
            guard let first = parts.first, let label = status.configuration.labels[first] else { return false }
            return parts.count < 2 || label == parts[1]
        }
    }
}
