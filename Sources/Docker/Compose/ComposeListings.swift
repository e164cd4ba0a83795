import Commands
import Compose
import ContainerRuntime
import Documents
import Terminal

/// `docker compose ps`
enum ComposePs {
    static func command(_ engine: any Engine) -> Command {
        Command(
            "ps", summary: Localized(ko: "컨테이너 목록", en: "List containers"), usage: "[OPTIONS] [SERVICE...]",
            flags: [
                Flag("all", short: "a", summary: Localized(ko: "멈춘 것도", en: "Show all stopped containers")),
                Flag("quiet", short: "q", summary: Localized(ko: "ID 만", en: "Only display IDs")),
                Flag("services", summary: Localized(ko: "서비스 이름만", en: "Display services")),
                Flag("orphans", summary: Localized(ko: "파일에 없는 것도", en: "Include orphaned services")),
                Flag(
                    "format", .text, placeholder: "FORMAT",
                    summary: Localized(ko: "table 또는 json", en: "table or json"), fallback: "table"),
                Flag(
                    "status", .list, placeholder: "STATUS",
                    summary: Localized(ko: "이 상태만", en: "Filter services by status")),
            ]
        ) { line, context in
            await ComposeSession.run(engine, line, context, needsFile: false) { session throws(RuntimeError) in
                try await list(session)
            }
        }
    }

    private static func list(_ session: ComposeSession) async throws(RuntimeError) -> Int32 {
        let (line, output) = (session.line, session.context.output)
        for name in line.allArguments where !session.project.services.isEmpty && session.project[service: name] == nil {
            throw .conflict("no such service: \(name)")
        }
        let statuses = line.all("status")
        let containers = await session.containers(of: line.allArguments).filter { container in
            statuses.isEmpty
                ? line.isOn("all") || container.isAlive : statuses.contains(container.status.state.rawValue)
        }
        if line.isOn("quiet") {
            for container in containers { output.line(container.status.id) }
        } else if line.isOn("services") {
            for name in Set(containers.map(\.service)).sorted() { output.line(name) }
        } else if line["format"] == "json" {
            for container in containers { output.line(document(container).jsonText) }
        } else {
            let rows = containers.map { container in
                let cells = ContainerRow(container.status, whole: false).cells
                return [container.status.name, cells[1], cells[2], container.service, cells[3], cells[4], cells[5]]
            }
            let header = ["NAME", "IMAGE", "COMMAND", "SERVICE", "CREATED", "STATUS", "PORTS"]
            output.write(TablePrinter(rows: [header] + rows).text())
        }
        return 0
    }

    private static func document(_ container: ProjectContainer) -> JSONValue {
        var document = ContainerRow(container.status, whole: false).document
        document["Name"] = .string(container.status.name)
        document["Service"] = .string(container.service)
        document["ExitCode"] = .integer(Int(container.status.exit?.code ?? 0))
        document["Health"] = .string(container.status.health?.state.rawValue ?? "")
        return document
    }
}

/// `docker compose images`
enum ComposeImages {
    static func command(_ engine: any Engine) -> Command {
        Command(
            "images", summary: Localized(ko: "쓰는 이미지", en: "List images used by the created containers"),
            usage: "[OPTIONS] [SERVICE...]",
            flags: [Flag("quiet", short: "q", summary: Localized(ko: "ID 만", en: "Only display IDs"))]
        ) { line, context in
            await ComposeSession.run(engine, line, context, needsFile: false) { session throws(RuntimeError) in
                let containers = await session.containers(of: line.allArguments)
                if line.isOn("quiet") {
                    for id in Set(containers.map(\.status.imageID)).sorted() { context.output.line(id) }
                    return 0
                }
                var rows = [["CONTAINER", "REPOSITORY", "TAG", "IMAGE ID", "SIZE"]]
                for container in containers {
                    let reference = container.status.imageReference
                    let cut = reference.lastIndex(of: ":").flatMap { reference[$0...].contains("/") ? nil : $0 }
                    let size = (try? await session.engine.resolveImage(container.status.imageID))?.size ?? 0
                    rows.append([
                        container.status.name, cut.map { String(reference[..<$0]) } ?? reference,
                        cut.map { String(reference[reference.index(after: $0)...]) } ?? "latest",
                        ShortID.of(container.status.imageID), ByteSize.decimal(size),
                    ])
                }
                context.output.write(TablePrinter(rows: rows).text())
                return 0
            }
        }
    }
}

/// `docker compose ls`: the projects that have containers.
enum ComposeList {
    static func command(_ engine: any Engine) -> Command {
        Command(
            "ls", summary: Localized(ko: "프로젝트 목록", en: "List running compose projects"),
            flags: [
                Flag("all", short: "a", summary: Localized(ko: "멈춘 것도", en: "Show all stopped projects")),
                Flag("quiet", short: "q", summary: Localized(ko: "이름만", en: "Only display project names")),
            ]
        ) { line, context in
            var projects: [String: [ContainerStatus]] = [:]
            for status in await engine.containers() {
                guard let name = status.configuration.labels[ComposeLabel.project] else { continue }
                projects[name, default: []].append(status)
            }
            var rows = [["NAME", "STATUS", "CONFIG FILES"]]
            for (name, containers) in projects.sorted(by: { $0.key < $1.key }) {
                let running = containers.count { $0.state.isAlive }
                if running == 0, !line.isOn("all") { continue }
                let states = Dictionary(grouping: containers, by: \.state.rawValue).sorted { $0.key < $1.key }
                    .map { "\($0.key)(\($0.value.count))" }
                let labels = containers[0].configuration.labels
                rows.append([name, states.joined(separator: ", "), labels[ComposeLabel.files] ?? ""])
            }
            if line.isOn("quiet") {
                for row in rows.dropFirst() { context.output.line(row[0]) }
            } else {
                context.output.write(TablePrinter(rows: rows).text())
            }
            return 0
        }
    }
}

/// `docker compose config`: the project as it is understood.
enum ComposeConfig {
    static func command(_ engine: any Engine) -> Command {
        Command(
            "config", aliases: ["convert"],
            summary: Localized(
                ko: "합치고 채운 결과를 보여 준다", en: "Parse, resolve and render compose file in canonical format"),
            usage: "[OPTIONS] [SERVICE...]",
            flags: [
                Flag("quiet", short: "q", summary: Localized(ko: "검사만 한다", en: "Only validate the configuration")),
                Flag("services", summary: Localized(ko: "서비스 이름", en: "Print the service names, one per line")),
                Flag("volumes", summary: Localized(ko: "볼륨 이름", en: "Print the volume names, one per line")),
                Flag("networks", summary: Localized(ko: "네트워크 이름", en: "Print the network names, one per line")),
                Flag("images", summary: Localized(ko: "이미지 이름", en: "Print the image names, one per line")),
                Flag("profiles", summary: Localized(ko: "프로필 이름", en: "Print the profile names, one per line")),
                Flag(
                    "format", .text, placeholder: "FORMAT", summary: Localized(ko: "yaml 또는 json", en: "yaml or json"),
                    fallback: "yaml", allowed: ["yaml", "json"]),
            ]
        ) { line, context in
            await ComposeSession.run(engine, line, context) { session throws(RuntimeError) in
                try print(session)
                return 0
            }
        }
    }

    private static func print(_ session: ComposeSession) throws(RuntimeError) {
        let (line, output, project) = (session.line, session.context.output, session.project)
        let services = try session.services()
        if line.isOn("quiet") { return }
        if line.isOn("services") {
            for service in services { output.line(service.name) }
        } else if line.isOn("volumes") {
            for volume in project.volumes { output.line(volume.key) }
        } else if line.isOn("networks") {
            for network in project.networks { output.line(network.key) }
        } else if line.isOn("profiles") {
            for profile in project.profiles { output.line(profile) }
        } else if line.isOn("images") {
            for service in services { output.line(ServiceContainer(session: session, service: service).image) }
        } else {
            var document = project.document
            let enabled = Set(services.map(\.name))
            let kept = (document["services"]?.object ?? [:]).filter { enabled.contains($0.key) }
            document["services"] = .object(JSONObject(kept))
            if line["format"] == "json" {
                output.line(document.prettyPrinted(indent: 2))
            } else {
                output.write(document.yamlText)
            }
        }
    }
}
