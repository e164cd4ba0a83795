import Commands
import ContainerRuntime
import Terminal

/// `docker start`
enum StartCommand {
    static func make(_ runtime: any ContainerRuntime) -> Command {
        Command(
            "start", summary: Localized(ko: "멈춘 컨테이너를 켠다", en: "Start stopped containers"),
            usage: "[OPTIONS] CONTAINER [CONTAINER...]",
            flags: [
                Flag("attach", short: "a", summary: Localized(ko: "출력을 잇는다", en: "Attach its output")),
                Flag("interactive", short: "i", summary: Localized(ko: "입력을 잇는다", en: "Attach its input")),
                ForegroundInput.flag, SignalProxy.flag,
            ]
        ) { line, context in
            let isAttached = line.isOn("attach") || line.isOn("interactive")
            if isAttached, line.allArguments.count == 1 {
                return await attached(line.allArguments[0], line, runtime, context)
            }
            return await context.forEach(line.allArguments, command: "start") { name throws(RuntimeError) in
                let status = try await runtime.containerStatus(name)
                await context.prepareSources(of: status)
                if !status.state.isAlive { try await runtime.startContainer(status.id) }
            }
        }.completingContainers(runtime) { $0.state != .running }
    }

    private static func attached(
        _ name: String, _ line: Invocation, _ runtime: any ContainerRuntime, _ context: CommandContext
    ) async -> Int32 {
        do throws(RuntimeError) {
            let status = try await runtime.containerStatus(name)
            await context.prepareSources(of: status)
            return try await AttachCommand.run(status, line, runtime, context, withInput: line.isOn("interactive")) {
                () throws(RuntimeError) in
                if !status.state.isAlive { try await runtime.startContainer(status.id) }
            }
        } catch {
            context.report(error)
            return DockerMessage(error: error).status
        }
    }
}

/// `docker attach`
enum AttachCommand {
    static func make(_ runtime: any ContainerRuntime) -> Command {
        Command(
            "attach",
            summary: Localized(ko: "도는 컨테이너의 입출력에 붙는다", en: "Attach to a running container"),
            usage: "[OPTIONS] CONTAINER",
            flags: [
                Flag("no-stdin", summary: Localized(ko: "입력은 잇지 않는다", en: "Do not attach its input")),
                ForegroundInput.flag, SignalProxy.flag,
            ]
        ) { line, context in
            guard line.allArguments.count == 1 else {
                return context.reportUsage("'docker attach' requires exactly 1 argument", command: "attach")
            }
            do throws(RuntimeError) {
                let status = try await runtime.containerStatus(line.allArguments[0])
                switch status.state {
                case .running: break
                case .paused:
                    throw RuntimeError.conflict("You cannot attach to a paused container, unpause it first")
                case .restarting:
                    throw RuntimeError.conflict("You cannot attach to a restarting container, wait until it is running")
                default:
                    throw RuntimeError.conflict("You cannot attach to a stopped container, start it first")
                }
                return try await run(status, line, runtime, context, withInput: !line.isOn("no-stdin")) {
                    () throws(RuntimeError) in
                }
            } catch {
                return context.report(error)
            }
        }.completingContainers(runtime, onlyFirst: true) { $0.state == .running }
    }

    /// Joins the container's streams, does `start`, and waits.
    static func run(
        _ status: ContainerStatus, _ line: Invocation, _ runtime: any ContainerRuntime, _ context: CommandContext,
        withInput: Bool,
        start: () async throws(RuntimeError) -> Void
    ) async throws(RuntimeError) -> Int32 {
        let reads = withInput && status.configuration.openInput
        guard let keys = ForegroundInput.keys(line, context) else { return 125 }
        let input = ForegroundInput(
            context, isWanted: reads, hasTerminal: status.configuration.terminal, keys: keys)
        defer { input.stop() }
        let session = try await runtime.attach(
            status.id,
            streams: StreamDescriptors(
                input: input.descriptor, output: context.output.descriptor,
                error: context.error.descriptor))
        do {
            try await start()
        } catch {
            await session.detach()
            throw error
        }
        var foreground = ForegroundSession(
            session: session, context: context, hasTerminal: status.configuration.terminal, input: input)
        foreground.passesSignals = line.isOn("sig-proxy")
        switch try await foreground.run() {
        case .exited(let exit): return exit.code
        case .detached:
            context.error.line("read escape sequence")
            return 0
        case .leftRunning:
            if foreground.passesSignals { await LeftRunning.tell(status.id, runtime, context) }
            return 130
        }
    }
}
