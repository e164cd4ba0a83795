import Commands
import Compose
import ContainerRuntime
import Terminal

/// `docker compose exec`
enum ComposeExec {
    static func command(_ engine: any Engine) -> Command {
        Command(
            "exec", summary: Localized(ko: "도는 서비스 안에서 명령 실행", en: "Execute a command in a running container"),
            usage: "[OPTIONS] SERVICE COMMAND [ARGS...]",
            flags: [
                Flag("no-tty", short: "T", summary: Localized(ko: "터미널 없이", en: "Disable pseudo-TTY allocation")),
                Flag("detach", short: "d", summary: Localized(ko: "뒤에서", en: "Run command in the background")),
                Flag(
                    "index", .integer, placeholder: "N",
                    summary: Localized(ko: "몇 번째 컨테이너", en: "Index of the container")),
                Flag(
                    "user", short: "u", .text, placeholder: "USER",
                    summary: Localized(ko: "사용자", en: "Run the command as this user")),
                Flag(
                    "workdir", short: "w", .text, placeholder: "DIR",
                    summary: Localized(ko: "작업 디렉터리", en: "Working directory")),
                Flag(
                    "env", short: "e", .list, placeholder: "NAME=VALUE",
                    summary: Localized(ko: "환경 변수", en: "Set environment variables")),
            ], stopsAtFirstArgument: true
        ) { line, context in
            guard line.allArguments.count > 1 else {
                return context.reportUsage(
                    "'docker compose exec' requires at least 2 arguments", command: "compose exec")
            }
            return await ComposeSession.run(engine, line, context, needsFile: false) { session throws(RuntimeError) in
                let container = try await session.running(line.allArguments[0], index: line.integer("index"))
                var words = ["exec"]
                if line.isOn("detach") { words.append("-d") } else { words.append("-i") }
                if !line.isOn("no-tty"), context.output.isTerminal, OutputStream(descriptor: context.input).isTerminal {
                    words.append("-t")
                }
                for (flag, name) in [("user", "--user"), ("workdir", "--workdir")] {
                    if let value = line[flag] { words += [name, value] }
                }
                for value in line.all("env") { words += ["--env", value] }
                return await session.docker(words + [container.status.name] + line.allArguments.dropFirst())
            }
        }
    }
}

/// `docker compose run`: a further container of a service, for one command.
enum ComposeRun {
    static func command(_ engine: any Engine) -> Command {
        Command(
            "run", summary: Localized(ko: "서비스로 한 번만 실행", en: "Run a one-off command on a service"),
            usage: "[OPTIONS] SERVICE [COMMAND] [ARGS...]",
            flags: [
                Flag("rm", summary: Localized(ko: "끝나면 지운다", en: "Remove the container when it exits")),
                Flag("detach", short: "d", summary: Localized(ko: "뒤에서", en: "Run container in background")),
                Flag("no-TTY", short: "T", summary: Localized(ko: "터미널 없이", en: "Disable pseudo-TTY allocation")),
                Flag("no-deps", summary: Localized(ko: "기다리는 서비스는 켜지 않는다", en: "Don't start linked services")),
                Flag(
                    "name", .text, placeholder: "NAME",
                    summary: Localized(ko: "이름", en: "Assign a name to the container")),
                Flag(
                    "entrypoint", .text, placeholder: "COMMAND",
                    summary: Localized(ko: "시작 명령", en: "Override the entrypoint")),
                Flag(
                    "env", short: "e", .list, placeholder: "NAME=VALUE",
                    summary: Localized(ko: "환경 변수", en: "Set environment variables")),
                Flag(
                    "user", short: "u", .text, placeholder: "USER",
                    summary: Localized(ko: "사용자", en: "Run as this user")),
                Flag(
                    "workdir", short: "w", .text, placeholder: "DIR",
                    summary: Localized(ko: "작업 디렉터리", en: "Working directory")),
                Flag(
                    "volume", short: "v", .list, placeholder: "MOUNT",
                    summary: Localized(ko: "볼륨", en: "Bind mount a volume")),
                Flag(
                    "publish", short: "p", .list, placeholder: "PORT",
                    summary: Localized(ko: "포트", en: "Publish a port")),
                Flag(
                    "service-ports", short: "P",
                    summary: Localized(ko: "서비스의 포트도 연다", en: "Publish the service's ports")),
            ], stopsAtFirstArgument: true
        ) { line, context in
            guard let service = line.allArguments.first else {
                return context.reportUsage("'docker compose run' requires at least 1 argument", command: "compose run")
            }
            return await ComposeSession.run(engine, line, context) { session throws(RuntimeError) in
                try await run(service, session)
            }
        }
    }

    private static func run(_ name: String, _ session: ComposeSession) async throws(RuntimeError) -> Int32 {
        let (line, engine) = (session.line, session.engine)
        let services = try session.services([name])
        guard let service = services.first(where: { $0.name == name }) else {
            throw .conflict("no such service: \(name)")
        }
        let others = line.isOn("no-deps") ? [] : services.filter { $0.name != name }
        let convergence = ProjectConvergence(session: session, services: others, progress: session.progress())
        let networks = ProjectConvergence(session: session, services: services, progress: session.progress())
        try await networks.prepare()
        try await convergence.create()
        try await convergence.start(untilHealthy: false)
        var further: [String] = []
        for flag in ["entrypoint", "user", "workdir"] {
            if let value = line[flag] { further += ["--\(flag)", value] }
        }
        for flag in ["env", "volume", "publish"] {
            for value in line.all(flag) { further += ["--\(flag)", value] }
        }
        let isInteractive = !line.isOn("detach")
        let hasTerminal =
            isInteractive && !line.isOn("no-TTY") && session.context.output.isTerminal
            && OutputStream(descriptor: session.context.input).isTerminal
        if isInteractive { further.append("--interactive") }
        if hasTerminal { further.append("--tty") }
        if line.isOn("rm") { further.append("--rm") }
        let command = Array(line.allArguments.dropFirst())
        let digits = (0..<12).map { _ in String(UInt8.random(in: 0...15), radix: 16) }.joined()
        let id = try await ServiceContainer(session: session, service: service).create(
            number: 1, name: line["name"] ?? "\(session.project.name)-\(name)-run-\(digits)", oneOff: true,
            further: further, command: command.isEmpty ? nil : command, publishesPorts: line.isOn("service-ports"))
        guard isInteractive else {
            try await engine.startContainer(id)
            session.context.output.line(id)
            return 0
        }
        return await session.docker(["start", "--attach", "--interactive", id])
    }
}

/// `docker compose top`
enum ComposeTop {
    static func command(_ engine: any Engine) -> Command {
        Command("top", summary: Localized(ko: "도는 프로세스", en: "Display the running processes"), usage: "[SERVICES...]") {
            line, context in
            await ComposeSession.run(engine, line, context, needsFile: false) { session throws(RuntimeError) in
                for container in await session.containers(of: line.allArguments) where container.isAlive {
                    context.output.line(container.status.name)
                    _ = await session.docker(["top", container.status.name])
                    context.output.line()
                }
                return 0
            }
        }
    }
}

/// `docker compose port`
enum ComposePort {
    static func command(_ engine: any Engine) -> Command {
        Command(
            "port", summary: Localized(ko: "밖으로 열린 포트", en: "Print the public port for a port binding"),
            usage: "[OPTIONS] SERVICE PRIVATE_PORT",
            flags: [
                Flag(
                    "protocol", .text, placeholder: "PROTOCOL", summary: Localized(ko: "tcp 또는 udp", en: "tcp or udp"),
                    fallback: "tcp", allowed: ["tcp", "udp"]),
                Flag(
                    "index", .integer, placeholder: "N",
                    summary: Localized(ko: "몇 번째 컨테이너", en: "Index of the container")),
            ]
        ) { line, context in
            guard line.allArguments.count == 2, let wanted = UInt16(line.allArguments[1]) else {
                return context.reportUsage(
                    "'docker compose port' requires exactly 2 arguments", command: "compose port")
            }
            return await ComposeSession.run(engine, line, context, needsFile: false) { session throws(RuntimeError) in
                let container = try await session.running(line.allArguments[0], index: line.integer("index"))
                let transport = (line["protocol"] ?? "tcp").uppercased()
                guard
                    let port = container.status.publishedPorts.first(where: {
                        $0.containerPort == wanted && $0.transport.rawValue == transport
                    })
                else {
                    throw .conflict(
                        "no port \(wanted)/\(transport.lowercased()) for container \(container.status.name)")
                }
                context.output.line("\(port.hostAddress):\(port.hostPort)")
                return 0
            }
        }
    }
}
