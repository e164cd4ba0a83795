import Commands
import Compose
import ContainerRuntime
import Terminal

/// `docker compose start`, `stop`, `restart`, `kill`, `rm`, `pause`, `unpause` and `create`: a docker command for each
/// container of the services.
enum ComposeLifecycle {
    static func commands(_ engine: any Engine) -> [Command] {
        let timeout = Flag(
            "timeout", short: "t", .integer, placeholder: "SECONDS",
            summary: Localized(ko: "기다릴 시간", en: "Specify a shutdown timeout in seconds"))
        let signal = Flag(
            "signal", short: "s", .text, placeholder: "SIGNAL",
            summary: Localized(ko: "보낼 신호", en: "SIGNAL to send to the container"), fallback: "SIGKILL")
        return [
            start(engine), stop(engine, timeout), create(engine),
            each(
                "restart", Localized(ko: "다시 켠다", en: "Restart service containers"), "Restarting", "Started", [timeout],
                engine
            ) { line in
                ["restart"] + (line["timeout"].map { ["--time", $0] } ?? [])
            },
            each(
                "kill", Localized(ko: "강제로 끝낸다", en: "Force stop service containers"), "Killing", "Killed", [signal],
                engine
            ) { line in
                ["kill", "--signal", line["signal"] ?? "SIGKILL"]
            },
            each("pause", Localized(ko: "얼린다", en: "Pause services"), "Pausing", "Paused", [], engine) { _ in ["pause"]
            },
            each(
                "unpause", Localized(ko: "녹인다", en: "Unpause services"), "Unpausing", "Unpaused", [], engine,
                onlyRunning: false
            ) { _ in ["unpause"] },
            remove(engine),
        ]
    }

    /// - Parameter words: the docker command, but the container.
    private static func each(
        _ name: String, _ summary: Localized, _ doing: String, _ done: String, _ flags: [Flag], _ engine: any Engine,
        onlyRunning: Bool = true, _ words: @escaping @Sendable (Invocation) -> [String]
    ) -> Command {
        Command(name, summary: summary, usage: "[OPTIONS] [SERVICE...]", flags: flags) { line, context in
            await ComposeSession.run(engine, line, context, needsFile: false) { session throws(RuntimeError) in
                if !session.project.services.isEmpty { _ = try session.services() }
                let progress = session.progress()
                var status: Int32 = 0
                let null = SilentOutput()
                for container in await session.containers(of: line.allArguments).reversed()
                where !onlyRunning || container.isAlive {
                    let title = "Container \(container.status.name)"
                    progress.set(title, doing)
                    let outcome = await session.docker(
                        words(line) + [container.status.name], context: null.context(like: context))
                    progress.set(title, outcome == 0 ? done : "Error", isDone: outcome == 0, isError: outcome != 0)
                    if outcome != 0 { status = outcome }
                }
                return status
            }
        }
    }

    private static func start(_ engine: any Engine) -> Command {
        Command("start", summary: Localized(ko: "멈춘 것을 켠다", en: "Start services"), usage: "[SERVICE...]") {
            line, context in
            await ComposeSession.run(engine, line, context) { session throws(RuntimeError) in
                let services = try session.services()
                if await session.containers(of: services.map(\.name)).isEmpty {
                    throw .conflict("service \"\(services.first?.name ?? "")\" has no container to start")
                }
                try await ProjectConvergence(session: session, services: services, progress: session.progress())
                    .start(untilHealthy: false)
                return 0
            }
        }
    }

    private static func stop(_ engine: any Engine, _ timeout: Flag) -> Command {
        Command(
            "stop", summary: Localized(ko: "멈춘다", en: "Stop services"), usage: "[OPTIONS] [SERVICE...]",
            flags: [timeout]
        ) { line, context in
            await ComposeSession.run(engine, line, context, needsFile: false) { session throws(RuntimeError) in
                try await ProjectEnd(
                    session: session, progress: session.progress(), timeout: line.integer("timeout"), removes: false
                ).run(await session.containers(of: line.allArguments))
                return 0
            }
        }
    }

    private static func create(_ engine: any Engine) -> Command {
        Command(
            "create", summary: Localized(ko: "만들기만 한다", en: "Creates containers for a service"), usage: "[SERVICE...]",
            flags: [
                Flag("build", summary: Localized(ko: "먼저 이미지를 만든다", en: "Build images before starting containers")),
                Flag(
                    "force-recreate",
                    summary: Localized(ko: "모두 새로 만든다", en: "Recreate containers even if nothing changed")),
                Flag(
                    "no-recreate", summary: Localized(ko: "있는 것은 그대로 둔다", en: "Leave existing containers as they are")),
            ]
        ) { line, context in
            await ComposeSession.run(engine, line, context) { session throws(RuntimeError) in
                let convergence = ProjectConvergence(
                    session: session, services: try session.services(), progress: session.progress())
                try await convergence.prepare()
                try await convergence.create()
                return 0
            }
        }
    }

    private static func remove(_ engine: any Engine) -> Command {
        Command(
            "rm", summary: Localized(ko: "멈춘 컨테이너를 지운다", en: "Removes stopped service containers"),
            usage: "[OPTIONS] [SERVICE...]",
            flags: [
                Flag("force", short: "f", summary: Localized(ko: "묻지 않는다", en: "Don't ask to confirm removal")),
                Flag("stop", short: "s", summary: Localized(ko: "먼저 멈춘다", en: "Stop the containers before removing")),
                Flag("volumes", short: "v", summary: Localized(ko: "이름 없는 볼륨도", en: "Remove any anonymous volumes")),
            ]
        ) { line, context in
            await ComposeSession.run(engine, line, context, needsFile: false) { session throws(RuntimeError) in
                let progress = session.progress()
                for container in await session.containers(of: line.allArguments)
                where line.isOn("stop") || !container.isAlive {
                    let title = "Container \(container.status.name)"
                    if container.isAlive { try await engine.stopContainer(container.status.id, grace: .seconds(10)) }
                    try await engine.removeContainer(container.status.id, force: true)
                    progress.set(title, "Removed", isDone: true)
                }
                return 0
            }
        }
    }
}

/// `docker compose scale`
enum ComposeScale {
    static func command(_ engine: any Engine) -> Command {
        Command(
            "scale", summary: Localized(ko: "컨테이너 수를 바꾼다", en: "Scale services"), usage: "[SERVICE=REPLICAS...]",
            flags: [Flag("no-deps", summary: Localized(ko: "기다리는 서비스는 켜지 않는다", en: "Don't start linked services"))]
        ) { line, context in
            guard !line.allArguments.isEmpty else {
                return context.reportUsage(
                    "'docker compose scale' requires at least 1 argument", command: "compose scale")
            }
            return await ComposeSession.run(engine, line, context) { session throws(RuntimeError) in
                let names = line.allArguments.map { String($0.prefix { $0 != "=" }) }
                var services = try session.services(names)
                try ScaleFlag.apply(line.allArguments, to: &services)
                if line.isOn("no-deps") { services = services.filter { names.contains($0.name) } }
                let convergence = ProjectConvergence(
                    session: session, services: services, progress: session.progress())
                try await convergence.prepare()
                try await convergence.create()
                try await convergence.start(untilHealthy: false)
                return 0
            }
        }
    }
}

/// `docker compose build`
enum ComposeBuild {
    static func command(_ engine: any Engine) -> Command {
        Command(
            "build", summary: Localized(ko: "이미지를 만든다", en: "Build or rebuild services"),
            usage: "[OPTIONS] [SERVICE...]",
            flags: [
                Flag(
                    "no-cache",
                    summary: Localized(ko: "저장해 둔 것을 쓰지 않는다", en: "Do not use cache when building the image")),
                Flag(
                    "build-arg", .list, placeholder: "NAME=VALUE",
                    summary: Localized(ko: "빌드 변수", en: "Set build-time variables")),
                Flag("quiet", short: "q", summary: Localized(ko: "조용히", en: "Don't print anything")),
            ]
        ) { line, context in
            await ComposeSession.run(engine, line, context) { session throws(RuntimeError) in
                for service in try session.services() where service.build != nil {
                    let image = ServiceContainer(session: session, service: service).image
                    let status = await session.docker(words(service, image: image, session))
                    if status != 0 { return status }
                }
                return 0
            }
        }
    }

    static func words(_ service: ServiceDefinition, image: String, _ session: ComposeSession) -> [String] {
        guard let build = service.build else { return [] }
        var words = ["build", "--tag", image]
        if let file = build.dockerfile { words += ["--file", file.hasPrefix("/") ? file : "\(build.context)/\(file)"] }
        if let target = build.target { words += ["--target", target] }
        for argument in build.arguments + session.line.all("build-arg") { words += ["--build-arg", argument] }
        if session.line.isOn("no-cache") { words.append("--no-cache") }
        if session.line.isOn("quiet") { words.append("--quiet") }
        return words + [build.context]
    }
}

/// `docker compose pull`
enum ComposePull {
    static func command(_ engine: any Engine) -> Command {
        Command(
            "pull", summary: Localized(ko: "이미지를 받는다", en: "Pull service images"), usage: "[OPTIONS] [SERVICE...]",
            flags: [Flag("quiet", short: "q", summary: Localized(ko: "조용히", en: "Pull without printing progress"))]
        ) { line, context in
            await ComposeSession.run(engine, line, context) { session throws(RuntimeError) in
                var status: Int32 = 0
                for service in try session.services() where service.build == nil {
                    guard let image = service.image else { continue }
                    let outcome = await session.docker(["pull"] + (line.isOn("quiet") ? ["--quiet"] : []) + [image])
                    if outcome != 0 { status = outcome }
                }
                return status
            }
        }
    }
}
