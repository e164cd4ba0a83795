import Commands
import ContainerRuntime
import Terminal

/// `docker run`: create, attach, start, wait; the exit status is the container's.
enum RunCommand {
    static func make(_ runtime: any Engine) -> Command {
        Command(
            "run",
            summary: Localized(
                ko: "이미지로 새 컨테이너를 만들어 실행한다", en: "Create and run a new container from an image"),
            usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
            examples: [
                (
                    "docker run --rm busybox echo hello",
                    Localized(ko: "한 번 말하고 사라지는 상자", en: "A box that speaks once and is gone")
                ),
                (
                    "docker run -d --name web -p 8080:80 busybox httpd -f -h /tmp",
                    Localized(ko: "뒤에서 도는 웹 서버", en: "A web server in the background")
                ),
                ("docker run -it --rm busybox sh", Localized(ko: "상자 안으로", en: "Step inside")),
            ],
            flags: RunOptions.flags + NetworkFlags.flags + [
                Flag("detach", short: "d", summary: Localized(ko: "뒤에서 돌린다", en: "Run in the background")),
                CreateCommand.quietFlag, ForegroundInput.flag, SignalProxy.flag,
            ], stopsAtFirstArgument: true,
            completeArgument: { _, index, _ in
                guard index == 0 else { return [] }
                return await ImageCompletion.references(runtime)
            }
        ) { line, context in
            guard !line.allArguments.isEmpty else {
                return context.reportUsage("'docker run' requires at least 1 argument", command: "run")
            }
            do throws(RuntimeError) {
                return try await run(line, runtime, context)
            } catch {
                context.report(error, prefix: "docker: Error response from daemon: ")
                return DockerMessage(error: error).status
            }
        }
    }

    private static func run(_ line: Invocation, _ runtime: any Engine, _ context: CommandContext)
        async throws(RuntimeError) -> Int32
    {
        let detached = line.isOn("detach")
        let attached = try RunOptions.attachments(line)
        if detached, !attached.isEmpty { throw .conflict("Conflicting options: -a and -d") }
        if line.isOn("tty"), line.isOn("interactive"), !detached, !OutputStream(descriptor: context.input).isTerminal {
            context.error.line("the input device is not a TTY")
            return 1
        }
        guard let keys = ForegroundInput.keys(line, context) else { return 125 }
        let id = try await CreateCommand.create(line, runtime, context)
        if detached {
            do {
                try await runtime.startContainer(id)
            } catch {
                try? await removeIfAsked(id, line, runtime)
                throw error
            }
            context.output.line(id)
            return 0
        }
        func isWanted(_ stream: String) -> Bool { attached.isEmpty || attached.contains(stream) }
        let input = ForegroundInput(
            context, isWanted: line.isOn("interactive") ? isWanted("stdin") : attached.contains("stdin"),
            hasTerminal: line.isOn("tty"), keys: keys)
        defer { input.stop() }
        let streams = StreamDescriptors(
            input: input.descriptor, output: isWanted("stdout") ? context.output.descriptor : nil,
            error: isWanted("stderr") ? context.error.descriptor : nil)
        let session = try await runtime.attach(id, streams: streams)
        do {
            try await runtime.startContainer(id)
        } catch {
            await session.detach()
            try? await removeIfAsked(id, line, runtime)
            throw error
        }
        var foreground = ForegroundSession(
            session: session, context: context, hasTerminal: line.isOn("tty"), input: input)
        foreground.passesSignals = line.isOn("sig-proxy")
        switch try await foreground.run() {
        case .exited(let status): return status.code
        case .detached: return 0
        case .leftRunning:
            if foreground.passesSignals { await LeftRunning.tell(id, runtime, context) }
            return 130
        }
    }

    private static func removeIfAsked(_ id: String, _ line: Invocation, _ runtime: any ContainerRuntime)
        async throws(RuntimeError)
    {
        if line.isOn("rm") { try await runtime.removeContainer(id, force: true) }
    }
}

/// The note for a container that took no notice of Ctrl-C.
enum LeftRunning {
    static func tell(_ id: String, _ runtime: any ContainerRuntime, _ context: CommandContext) async {
        let name = (try? await runtime.containerStatus(id))?.name ?? String(id.prefix(12))
        context.error.line(
            Localized(
                ko: "'\(name)' 은(는) Ctrl-C 신호(SIGINT)를 무시하고 계속 돌고 있어요. 컨테이너의 1번 프로세스는 따로 받지 않는 신호를 무시하거든요. "
                    + "'docker stop \(name)' 으로 멈추세요.",
                en: "'\(name)' ignored Ctrl-C (SIGINT) and still runs: process 1 ignores signals it does not handle. "
                    + "Stop it with 'docker stop \(name)'.")(context.language))
    }
}

/// `--sig-proxy`: whether Ctrl-C is for the container or only for the command that watches it.
enum SignalProxy {
    static let flag = Flag(
        "sig-proxy", summary: Localized(ko: "Ctrl-C 를 컨테이너에 전한다", en: "Pass Ctrl-C on to the container"),
        fallback: "true")
}
