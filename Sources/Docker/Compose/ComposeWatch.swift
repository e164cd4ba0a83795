import Commands
import Compose
import ContainerRuntime
import Glibc
import Terminal

/// `docker compose watch`: files that change go into the containers, or the image is built anew.
enum ComposeWatch {
    static func command(_ engine: any Engine) -> Command {
        Command(
            "watch",
            summary: Localized(
                ko: "파일이 바뀌면 컨테이너에 반영한다",
                en: "Watch build context for service and rebuild/refresh containers when files are updated"),
            usage: "[OPTIONS] [SERVICE...]",
            flags: [
                Flag("no-up", summary: Localized(ko: "먼저 켜지 않는다", en: "Do not build & start services before watching"))
            ]
        ) { line, context in
            await ComposeSession.run(engine, line, context) { session throws(RuntimeError) in
                let services = try session.services().filter { !$0.watches.isEmpty }
                if services.isEmpty {
                    throw .conflict(
                        "none of the selected services is configured for watch, consider setting a 'develop' section")
                }
                if !line.isOn("no-up") {
                    let status = await session.compose(["up", "--detach"] + line.allArguments)
                    if status != 0 { return status }
                }
                return try await Watcher(session: session, services: services).run()
            }
        }
    }
}

extension ComposeSession {
    /// Runs a command of compose on the same files.
    fileprivate func compose(_ words: [String]) async -> Int32 {
        var all = ["compose"]
        for flag in ["file", "profile", "env-file"] { for value in line.all(flag) { all += ["--" + flag, value] } }
        for flag in ["project-name", "project-directory", "progress"] {
            if let value = line[flag] { all += ["--" + flag, value] }
        }
        return await docker(all + words)
    }
}

private struct Watcher {
    let session: ComposeSession
    let services: [ServiceDefinition]

    /// Changes that come this close to one another are one.
    private static let pause = Duration.milliseconds(200)

    func run() async throws(RuntimeError) -> Int32 {
        guard let watch = FileWatch() else { throw .system(stage: "inotify", errno: errno, path: nil) }
        for rule in services.flatMap(\.watches) { try await add(rule, to: watch) }
        session.context.error.line("Watch enabled")
        while true {
            var changed = await watch.changes()
            if Task.isCancelled || changed.isEmpty { return 130 }
            // Editors write a file in several steps.
            try? await Task.sleep(for: Self.pause)
            while case let more = watch.more(), !more.isEmpty { changed.formUnion(more) }
            for service in services { await react(service, changed) }
        }
    }

    private func add(_ rule: WatchRule, to watch: FileWatch) async throws(RuntimeError) {
        let isDirectory = await session.context.files.isDirectory(rule.path, workingDirectory: "/")
        let parent = "/" + rule.path.split(separator: "/").dropLast().joined(separator: "/")
        do throws(FileAccessError) {
            try await watch.add(isDirectory ? rule.path : parent, session.context)
        } catch {
            throw .system(stage: "watch", errno: error.errno, path: rule.path)
        }
    }

    private func react(_ service: ServiceDefinition, _ changed: Set<String>) async {
        var synced = 0
        var actions: Set<WatchRule.Action> = []
        for rule in service.watches {
            for path in changed.sorted() where path == rule.path || path.hasPrefix(rule.path + "/") {
                let relative = String(path.dropFirst(rule.path.count).drop { $0 == "/" })
                guard rule.counts(relative) else { continue }
                actions.insert(rule.action)
                if rule.action == .sync || rule.action == .syncAndRestart {
                    let target = relative.isEmpty ? rule.target : "\(rule.target)/\(relative)"
                    await sync(path, to: target, service)
                    synced += 1
                }
            }
        }
        let output = session.context.error
        if synced > 0 { output.line("Syncing service \"\(service.name)\" after \(synced) changes were detected") }
        if actions.contains(.rebuild) {
            output.line("Rebuilding service(s) [\"\(service.name)\"] after changes were detected...")
            if await session.compose(["up", "--detach", "--build", "--no-deps", service.name]) == 0 {
                output.line("service(s) [\"\(service.name)\"] successfully built")
            }
        } else if !actions.isDisjoint(with: [.restart, .syncAndRestart]) {
            _ = await session.compose(["restart", service.name])
            output.line("service(s) [\"\(service.name)\"] restarted")
        }
    }

    /// Brings a file to the service's containers, or takes it away there.
    private func sync(_ path: String, to target: String, _ service: ServiceDefinition) async {
        let context = session.context
        let null = SilentOutput()
        var silent = null.context(like: context)
        let isThere: Bool
        do throws(FileAccessError) {
            close(try await context.files.open(path, flags: O_RDONLY, mode: 0, workingDirectory: "/"))
            isThere = true
        } catch {
            isThere = error.errno != ENOENT
        }
        silent.error = silent.output
        let isDirectory = await context.files.isDirectory(path, workingDirectory: "/")
        for container in await session.containers(of: [service.name]).filter(\.isAlive) {
            let name = container.status.name
            let parent = "/" + target.split(separator: "/").dropLast().joined(separator: "/")
            let words: [[String]] =
                isDirectory
                ? [["exec", name, "mkdir", "-p", target]]
                : isThere
                    ? [["exec", name, "mkdir", "-p", parent], ["cp", path, "\(name):\(target)"]]
                    : [["exec", name, "rm", "-rf", target]]
            var status: Int32 = 0
            for line in words { status = await session.docker(line, context: silent) }
            if status != 0 { context.error.line("\(name): \(target) could not be brought up to date") }
        }
        withExtendedLifetime(null) {}
    }
}
