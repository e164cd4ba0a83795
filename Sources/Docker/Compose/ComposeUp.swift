import Commands
import Compose
import ContainerRuntime
import Terminal

/// `docker compose up`, `create` and `start`'s shared way: what is missing is made, what differs is made again, and all of
/// it is started in the order in which one waits for another.
enum ComposeUp {
    static func command(_ engine: any Engine) -> Command {
        Command(
            "up", summary: Localized(ko: "모두 만들고 켠다", en: "Create and start containers"),
            usage: "[OPTIONS] [SERVICE...]",
            flags: [
                Flag("detach", short: "d", summary: Localized(ko: "뒤에서 돌린다", en: "Run in the background")),
                Flag("build", summary: Localized(ko: "먼저 이미지를 만든다", en: "Build images before starting containers")),
                Flag(
                    "no-build", summary: Localized(ko: "이미지를 만들지 않는다", en: "Don't build an image, even if it's missing")
                ),
                Flag("no-deps", summary: Localized(ko: "기다리는 서비스는 켜지 않는다", en: "Don't start linked services")),
                Flag("no-start", summary: Localized(ko: "만들기만 한다", en: "Don't start the services after creating them")),
                Flag(
                    "no-recreate", summary: Localized(ko: "있는 것은 그대로 둔다", en: "Leave existing containers as they are")),
                Flag(
                    "force-recreate",
                    summary: Localized(ko: "모두 새로 만든다", en: "Recreate containers even if nothing changed")),
                Flag(
                    "remove-orphans",
                    summary: Localized(ko: "파일에 없는 것은 지운다", en: "Remove containers for services not in the file")),
                Flag(
                    "wait",
                    summary: Localized(
                        ko: "건강해질 때까지 기다린다", en: "Wait for services to be running|healthy. Implies detached mode")),
                Flag(
                    "abort-on-container-exit",
                    summary: Localized(ko: "하나가 끝나면 모두 멈춘다", en: "Stop all containers if any was stopped")),
                Flag(
                    "exit-code-from", .text, placeholder: "SERVICE",
                    summary: Localized(ko: "이 서비스의 종료 코드를 낸다", en: "Return the exit code of this service")),
                Flag(
                    "scale", .list, placeholder: "SERVICE=N",
                    summary: Localized(ko: "몇 개를 켤지", en: "Scale SERVICE to N instances")),
                Flag(
                    "timeout", short: "t", .integer, placeholder: "SECONDS",
                    summary: Localized(ko: "멈출 때 기다릴 시간", en: "Time to wait when stopping")),
                Flag("no-log-prefix", summary: Localized(ko: "이름을 붙이지 않는다", en: "Don't print prefix in logs")),
                Flag("no-color", summary: Localized(ko: "색 없이", en: "Produce monochrome output")),
                Flag(
                    "pull", .text, placeholder: "POLICY",
                    summary: Localized(ko: "이미지를 언제 받을지", en: "Pull image before running"),
                    allowed: ["always", "missing", "never", ""]),
                Flag("yes", short: "y", summary: Localized(ko: "묻지 않는다", en: "Assume yes"), isHidden: true),
            ]
        ) { line, context in
            await ComposeSession.run(engine, line, context) { session throws(RuntimeError) in
                try await up(session)
            }
        }
    }

    private static func up(_ session: ComposeSession) async throws(RuntimeError) -> Int32 {
        let line = session.line
        var services = try session.services()
        if line.isOn("no-deps") { services = services.filter { line.allArguments.contains($0.name) } }
        try ScaleFlag.apply(line.all("scale"), to: &services)
        let target = line["exit-code-from"]
        if let target, !services.contains(where: { $0.name == target }) {
            throw .conflict("no such service: \(target)")
        }
        let progress = session.progress()
        let convergence = ProjectConvergence(session: session, services: services, progress: progress)
        try await convergence.prepare()
        try await convergence.create()
        if line.isOn("no-start") { return 0 }
        let isAttached = !line.isOn("detach") && !line.isOn("wait")
        guard isAttached else {
            try await convergence.start(untilHealthy: line.isOn("wait"))
            return 0
        }
        return try await AttachedProject(
            session: session, services: services.map(\.name),
            abortsOnExit: line.isOn("abort-on-container-exit") || target != nil, exitCodeFrom: target
        ).run { () throws(RuntimeError) in try await convergence.start(untilHealthy: false) }
    }
}

/// `--scale SERVICE=N`
enum ScaleFlag {
    static func apply(_ texts: [String], to services: inout [ServiceDefinition]) throws(RuntimeError) {
        for text in texts {
            let parts = text.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, let number = Int(parts[1]), (0...1000).contains(number) else {
                throw .conflict("invalid --scale option \"\(text)\". Should be SERVICE=NUM")
            }
            guard let index = services.firstIndex(where: { $0.name == parts[0] }) else {
                throw .conflict("no such service: \(parts[0])")
            }
            if let name = services[index].containerName, number > 1 {
                throw .conflict("services.\(parts[0]): can't scale: container_name \"\(name)\" must be unique")
            }
            services[index].replicas = number
        }
    }
}
