import Commands
import Compose
import ContainerRuntime
import Glibc
import Terminal

/// A project in the caller's foreground: what its containers say, until they have all ended or the caller has had enough.
struct AttachedProject {
    let session: ComposeSession
    let services: [String]
    let abortsOnExit: Bool
    let exitCodeFrom: String?

    /// - Parameter start: starts the containers; their words are shown from the first.
    /// - Returns: the exit status: 130 after Ctrl-C, that of a service that was asked for, else 0.
    func run(_ start: () async throws(RuntimeError) -> Void) async throws(RuntimeError) -> Int32 {
        let began = Now.seconds
        let events = await session.engine.events()
        try await start()
        let containers = await session.containers(of: services)
        let names = containers.map { $0.shortName(in: session.project.name) }
        session.context.output.line("Attaching to \(names.joined(separator: ", "))")
        let printer = LogPrinter(
            context: session.context, names: names, showsPrefix: !session.line.isOn("no-log-prefix"),
            isColoured: !session.line.isOn("no-color"))
        var options = LogOptions(follow: true)
        options.since = began
        let (engine, followed) = (session.engine, options)
        let ids = Set(containers.map(\.status.id))
        let outcome = await withTaskGroup(of: Void.self) { group in
            for (container, name) in zip(containers, names) {
                group.addTask {
                    guard let lines = try? await engine.logs(container.status.id, followed) else { return }
                    for await line in lines { printer.write(line, from: name) }
                    if let status = try? await engine.containerStatus(container.status.id), let exit = status.exit {
                        printer.note("\(name) exited with code \(exit.code)")
                    }
                }
            }
            let outcome = await watch(events, ids)
            if outcome.mustStop { await stop(ids, interrupted: outcome.isInterrupted) }
            await group.waitForAll()
            return outcome
        }
        if outcome.isInterrupted { return 130 }
        if let exitCodeFrom {
            return await session.containers(of: [exitCodeFrom]).first?.status.exit?.code ?? 1
        }
        return abortsOnExit ? outcome.firstExit ?? 0 : 0
    }

    private struct Outcome {
        var mustStop = false
        var isInterrupted = false
        var firstExit: Int32?
    }

    /// Until all have ended, or one has and that is enough, or the caller is interrupted.
    private func watch(_ events: AsyncStream<ContainerEvent>, _ ids: Set<String>) async -> Outcome {
        var outcome = Outcome()
        func isOver() async -> Bool {
            let alive = await session.containers(of: services).contains { $0.isAlive }
            return !alive
        }
        if await isOver() { return outcome }
        for await event in events where ids.contains(event.containerID) {
            guard event.kind == .die || event.kind == .destroy else { continue }
            if outcome.firstExit == nil { outcome.firstExit = event.exit?.code }
            if abortsOnExit {
                outcome.mustStop = true
                return outcome
            }
            if await isOver() { return outcome }
        }
        outcome.mustStop = true
        outcome.isInterrupted = Task.isCancelled
        return outcome
    }

    /// In a task of its own: that of the command may have been cancelled already.
    private func stop(_ ids: Set<String>, interrupted: Bool) async {
        if interrupted {
            session.context.error.line("Gracefully Stopping... press Ctrl+C again to force")
        }
        let (session, services) = (session, services)
        await Task {
            let end = ProjectEnd(
                session: session, progress: session.progress(), timeout: session.line.integer("timeout"),
                removes: false)
            try? await end.run(await session.containers(of: services))
        }.value
    }
}
