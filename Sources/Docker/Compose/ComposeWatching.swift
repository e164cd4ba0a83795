import Commands
import Compose
import ContainerRuntime
import Documents
import Terminal

/// `docker compose wait`: until the containers of the services have stopped.
enum ComposeWait {
    static func command(_ engine: any Engine) -> Command {
        Command(
            "wait",
            summary: Localized(
                ko: "서비스가 끝나기를 기다린다", en: "Block until containers of all (or specified) services stop"),
            usage: "SERVICE [SERVICE...] [OPTIONS]",
            flags: [
                Flag(
                    "down-project",
                    summary: Localized(ko: "끝나면 프로젝트를 치운다", en: "Drops project when the first container stops"))
            ]
        ) { line, context in
            guard !line.allArguments.isEmpty else {
                return context.reportUsage(
                    "'docker compose wait' requires at least 1 argument", command: "compose wait")
            }
            return await ComposeSession.run(engine, line, context, needsFile: false) { session throws(RuntimeError) in
                let containers = await session.containers(of: line.allArguments)
                if containers.isEmpty {
                    throw .conflict("no containers for project \"\(session.project.name)\": not found")
                }
                var status: Int32 = 0
                for container in containers {
                    let exit = try await engine.waitContainer(container.status.id)
                    status = Int32(exit.code)
                    context.output.line("container \"\(container.status.id)\" exited with status code \(exit.code)")
                    if line.isOn("down-project") { break }
                }
                if line.isOn("down-project") {
                    try await ProjectEnd(
                        session: session, progress: session.progress(), timeout: nil, removes: true
                    ).run(await session.containers())
                }
                return status
            }
        }
    }
}

/// `docker compose events`: what happens to the project's containers.
enum ComposeEvents {
    static func command(_ engine: any Engine) -> Command {
        Command(
            "events",
            summary: Localized(
                ko: "컨테이너에 일어나는 일을 알려 준다", en: "Receive real time events from containers"),
            usage: "[OPTIONS] [SERVICE...]",
            flags: [
                Flag("json", summary: Localized(ko: "JSON 으로", en: "Output events as a stream of json objects")),
                Flag("since", .text, placeholder: "TIME", summary: Localized(ko: "이때부터", en: "Since that time")),
                Flag("until", .text, placeholder: "TIME", summary: Localized(ko: "이때까지", en: "Until that time")),
            ]
        ) { line, context in
            await ComposeSession.run(engine, line, context, needsFile: false) { session throws(RuntimeError) in
                let since = try TimeFlag.seconds(line, "since")
                let until = try TimeFlag.seconds(line, "until")
                let events = await engine.engineEvents(since: since ?? until.map { _ in 0 })
                let (project, services, output) = (session.project.name, line.allArguments, context.output)
                let isJSON = line.isOn("json")
                let printing = Task {
                    for await event in events {
                        if let until, event.time > until { break }
                        guard event.kind == .container, event.attributes[ComposeLabel.project] == project,
                            let service = event.attributes[ComposeLabel.service],
                            services.isEmpty || services.contains(service)
                        else { continue }
                        guard output.line(isJSON ? document(event, service).jsonText : text(event)) else { break }
                    }
                }
                let timer = until.map { until in
                    Task {
                        try? await Task.sleep(for: .seconds(max(0, until - Now.seconds) + 0.01))
                        printing.cancel()
                    }
                }
                defer { timer?.cancel() }
                await withTaskCancellationHandler {
                    await printing.value
                } onCancel: {
                    printing.cancel()
                }
                return Task.isCancelled ? 130 : 0
            }
        }
    }

    /// What is not compose's own.
    private static func attributes(_ event: EngineEvent) -> [(key: String, value: String)] {
        event.attributes.filter { !$0.key.hasPrefix("com.docker.compose.") }.sorted { $0.key < $1.key }
    }

    /// `2026-01-02 15:04:05.123456 container start 5f3c… (image=busybox, name=shop-web-1)`
    private static func text(_ event: EngineEvent) -> String {
        let time = TimeText.rfc3339(event.time).replacing("T", with: " ").prefix(26)
        let list = attributes(event).map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
        return "\(time) container \(event.action) \(event.actor) (\(list))"
    }

    private static func document(_ event: EngineEvent, _ service: String) -> JSONValue {
        [
            "action": .string(event.action),
            "attributes": .object(JSONObject(attributes(event).map { (key: $0.key, value: .string($0.value)) })),
            "id": .string(event.actor), "service": .string(service), "time": .string(TimeText.rfc3339(event.time)),
            "type": "container",
        ]
    }
}

/// Docker commands that are given the project's containers: `stats`, `attach`.
enum ComposeForwarded {
    static func commands(_ engine: any Engine) -> [Command] {
        [
            Command(
                "stats",
                summary: Localized(ko: "자원을 얼마나 쓰는지", en: "Display a live stream of resource usage statistics"),
                usage: "[OPTIONS] [SERVICE...]",
                flags: [
                    Flag("no-stream", summary: Localized(ko: "한 번만", en: "Only pull the first result")),
                    Flag("all", short: "a", summary: Localized(ko: "멈춘 것도", en: "Show all containers")),
                ]
            ) { line, context in
                await ComposeSession.run(engine, line, context, needsFile: false) { session throws(RuntimeError) in
                    let containers = await session.containers(of: line.allArguments).filter {
                        line.isOn("all") || $0.isAlive
                    }
                    let flags = line.isOn("no-stream") ? ["--no-stream"] : []
                    if containers.isEmpty { throw .conflict("no container of the project runs") }
                    return await session.docker(["stats"] + flags + containers.map(\.status.name))
                }
            },
            Command(
                "attach", summary: Localized(ko: "컨테이너의 입출력에 붙는다", en: "Attach to a service's running container"),
                usage: "[OPTIONS] SERVICE",
                flags: [
                    Flag(
                        "index", .integer, placeholder: "N",
                        summary: Localized(ko: "몇 번째 컨테이너인지", en: "Index of the container"))
                ]
            ) { line, context in
                guard line.allArguments.count == 1 else {
                    return context.reportUsage(
                        "'docker compose attach' requires exactly 1 argument", command: "compose attach")
                }
                return await ComposeSession.run(engine, line, context, needsFile: false) {
                    session throws(RuntimeError) in
                    let container = try await session.running(line.allArguments[0], index: line.integer("index"))
                    return await session.docker(["attach", container.status.name])
                }
            },
        ]
    }
}
