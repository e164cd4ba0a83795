import Commands
import ContainerRuntime
import Terminal

/// `docker exec`
enum ExecCommand {
    static func make(_ runtime: any ContainerRuntime) -> Command {
        Command(
            "exec",
            summary: Localized(ko: "도는 컨테이너 안에서 명령을 실행한다", en: "Execute a command in a running container"),
            usage: "[OPTIONS] CONTAINER COMMAND [ARG...]",
            examples: [("docker exec -it web sh", Localized(ko: "web 안으로", en: "Step inside web"))],
            flags: [
                Flag("interactive", short: "i", summary: Localized(ko: "표준 입력을 잇는다", en: "Keep standard input open")),
                Flag("tty", short: "t", summary: Localized(ko: "터미널을 준다", en: "Give it a terminal")),
                Flag("detach", short: "d", summary: Localized(ko: "기다리지 않는다", en: "Run in the background")),
                Flag(
                    "env", short: "e", .list, placeholder: "NAME=VALUE",
                    summary: Localized(ko: "환경 변수", en: "Environment variable")),
                Flag(
                    "env-file", .list, placeholder: "FILE",
                    summary: Localized(ko: "환경 변수 파일", en: "File of environment variables")),
                Flag(
                    "privileged",
                    summary: Localized(ko: "권한을 모두 준다", en: "Give it all capabilities of the container's namespaces")),
                ForegroundInput.flag,
                Flag("user", short: "u", .text, placeholder: "USER", summary: Localized(ko: "사용자", en: "User inside")),
                Flag(
                    "workdir", short: "w", .text, placeholder: "DIR",
                    summary: Localized(ko: "작업 디렉터리", en: "Working directory")),
            ], stopsAtFirstArgument: true
        ) { line, context in
            guard line.allArguments.count >= 2 else {
                return context.reportUsage("'docker exec' requires at least 2 arguments", command: "exec")
            }
            do throws(RuntimeError) {
                return try await run(line, runtime, context)
            } catch {
                switch error {
                case .commandNotFound, .commandNotExecutable, .system("change directory", _, _),
                    .system("find user", _, _):
                    context.report(error, prefix: "OCI runtime exec failed: ")
                    return DockerMessage(error: error).status
                default: return context.report(error)
                }
            }
        }.completingContainers(runtime, onlyFirst: true) { $0.state == .running }
    }

    private static func run(_ line: Invocation, _ runtime: any ContainerRuntime, _ context: CommandContext)
        async throws(RuntimeError) -> Int32
    {
        let words = line.allArguments
        let status = try await runtime.containerStatus(words[0])
        guard status.state.isAlive else {
            throw .wrongState(id: status.id, state: status.state, wanted: "running")
        }
        let hasTerminal = line.isOn("tty")
        if hasTerminal, line.isOn("interactive"), !OutputStream(descriptor: context.input).isTerminal {
            context.error.line("the input device is not a TTY")
            return 1
        }
        let size = context.terminalSize
        var configuration = ExecConfiguration(
            command: Array(words.dropFirst()), environment: try await IdentityFlags.environment(line, context),
            workingDirectory: line["workdir"],
            user: line["user"],
            terminal: hasTerminal ? .init(columns: size.columns, rows: size.rows) : nil)
        configuration.isPrivileged = line.isOn("privileged")
        let isDetached = line.isOn("detach")
        guard let keys = ForegroundInput.keys(line, context) else { return 125 }
        let input = ForegroundInput(
            context, isWanted: line.isOn("interactive") && !isDetached, hasTerminal: hasTerminal, keys: keys)
        defer { input.stop() }
        let session = try await runtime.exec(
            status.id, configuration,
            streams: isDetached
                ? StreamDescriptors()
                : StreamDescriptors(
                    input: input.descriptor, output: context.output.descriptor,
                    error: context.error.descriptor))
        if isDetached { return 0 }
        let foreground = ForegroundSession(
            session: session, context: context, hasTerminal: hasTerminal, input: input)
        switch try await foreground.run() {
        case .exited(let exit): return exit.code
        case .leftRunning: return 130
        case .detached: return 0
        }
    }
}
