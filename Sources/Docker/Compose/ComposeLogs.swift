import Commands
import Compose
import ContainerRuntime
import Terminal

/// `docker compose logs`
enum ComposeLogs {
    static func command(_ engine: any Engine) -> Command {
        Command(
            "logs", summary: Localized(ko: "컨테이너들이 한 말", en: "View output from containers"),
            usage: "[OPTIONS] [SERVICE...]",
            flags: [
                Flag("follow", short: "f", summary: Localized(ko: "계속 따라간다", en: "Follow log output")),
                Flag(
                    "tail", short: "n", .text, placeholder: "N",
                    summary: Localized(ko: "마지막 N 줄", en: "Number of lines from the end for each container"),
                    fallback: "all"),
                Flag("timestamps", short: "t", summary: Localized(ko: "시각을 붙인다", en: "Show timestamps")),
                Flag("no-log-prefix", summary: Localized(ko: "이름을 붙이지 않는다", en: "Don't print prefix in logs")),
                Flag("no-color", summary: Localized(ko: "색 없이", en: "Produce monochrome output")),
                Flag(
                    "since", .text, placeholder: "DURATION",
                    summary: Localized(ko: "최근 것만", en: "Show logs since a duration (e.g. 42m)")),
            ]
        ) { line, context in
            await ComposeSession.run(engine, line, context, needsFile: false) { session throws(RuntimeError) in
                try await show(session)
            }
        }
    }

    private static func show(_ session: ComposeSession) async throws(RuntimeError) -> Int32 {
        let line = session.line
        for name in line.allArguments where !session.project.services.isEmpty && session.project[service: name] == nil {
            throw .conflict("no such service: \(name)")
        }
        var options = LogOptions(follow: line.isOn("follow"))
        if let tail = line["tail"], tail != "all" {
            guard let count = Int(tail), count >= 0 else {
                throw .invalid(field: "--tail", reason: "'\(tail)' is no number of lines")
            }
            options.tail = count
        }
        if let since = line["since"] {
            guard let seconds = DurationFlag.seconds(since) else {
                throw .invalid(field: "--since", reason: "'\(since)' is no duration (try 10s, 5m, 1h)")
            }
            options.since = Now.seconds - seconds
        }
        let containers = await session.containers(of: line.allArguments)
        let names = containers.map { $0.shortName(in: session.project.name) }
        let printer = LogPrinter(
            context: session.context, names: names, showsPrefix: !line.isOn("no-log-prefix"),
            isColoured: !line.isOn("no-color"), showsTime: line.isOn("timestamps"))
        if options.follow {
            await follow(containers, names, options, session.engine, printer)
        } else {
            var lines: [(name: String, line: LogLine)] = []
            for (container, name) in zip(containers, names) {
                for await line in try await session.engine.logs(container.status.id, options) {
                    lines.append((name, line))
                }
            }
            for (name, line) in lines.sorted(by: { $0.line.time < $1.line.time }) { printer.write(line, from: name) }
        }
        printer.finish()
        return Task.isCancelled ? 130 : 0
    }

    private static func follow(
        _ containers: [ProjectContainer], _ names: [String], _ options: LogOptions, _ engine: any Engine,
        _ printer: LogPrinter
    ) async {
        await withTaskGroup(of: Void.self) { group in
            for (container, name) in zip(containers, names) {
                group.addTask {
                    guard let lines = try? await engine.logs(container.status.id, options) else { return }
                    for await line in lines { printer.write(line, from: name) }
                }
            }
        }
    }
}
