import Commands
import Compose
import ContainerRuntime
import Terminal

/// Labels by which a project's containers are known, docker compose's own.
enum ComposeLabel {
    static let project = "com.docker.compose.project"
    static let service = "com.docker.compose.service"
    static let number = "com.docker.compose.container-number"
    static let oneOff = "com.docker.compose.oneoff"
    static let configuration = "com.docker.compose.config-hash"
    static let directory = "com.docker.compose.project.working_dir"
    static let files = "com.docker.compose.project.config_files"
    static let network = "com.docker.compose.network"
    static let volume = "com.docker.compose.volume"
    static let version = "com.docker.compose.version"
}

/// A container of a project.
struct ProjectContainer: Sendable {
    let status: ContainerStatus

    var service: String { status.configuration.labels[ComposeLabel.service] ?? "" }
    var number: Int { status.configuration.labels[ComposeLabel.number].flatMap { Int($0) } ?? 0 }
    var isOneOff: Bool { status.configuration.labels[ComposeLabel.oneOff] == "True" }
    var fingerprint: String { status.configuration.labels[ComposeLabel.configuration] ?? "" }
    var isAlive: Bool { status.state.isAlive || status.state == .restarting }
    /// `web-1`, or the container's name where it has one of its own.
    func shortName(in project: String) -> String {
        let prefix = project + "-"
        return status.name.hasPrefix(prefix) ? String(status.name.dropFirst(prefix.count)) : status.name
    }
}

/// One call of a compose command: its project, and what it works with.
struct ComposeSession {
    let engine: any Engine
    let context: CommandContext
    let line: Invocation
    let project: ComposeProject
    /// Profiles that are enabled.
    let profiles: Set<String>

    /// Reads the project and does `body`, or says what is wrong.
    /// - Parameter needsFile: without a file a project's name is enough (`down -p NAME`).
    static func run(
        _ engine: any Engine, _ line: Invocation, _ context: CommandContext, needsFile: Bool = true,
        _ body: (ComposeSession) async throws(RuntimeError) -> Int32
    ) async -> Int32 {
        let loader = ProjectLoader(context: context, line: line)
        let project: ComposeProject
        do throws(ComposeError) {
            project = try await loader.load(needsFile: needsFile)
        } catch {
            return ComposeMessage(error: error).report(context)
        }
        for warning in project.warnings { context.error.line("WARN[0000] \(warning)") }
        let session = ComposeSession(
            engine: engine, context: context, line: line, project: project, profiles: loader.profiles)
        do throws(RuntimeError) {
            return try await body(session)
        } catch {
            return context.report(error)
        }
    }

    /// The services a command is about: those named, or all that are enabled.
    func services(_ names: [String]? = nil) throws(RuntimeError) -> [ServiceDefinition] {
        do throws(ComposeError) {
            return StartOrder.sorted(
                try project.enabled(profiles: profiles, named: names ?? line.allArguments))
        } catch {
            throw .conflict(error.description)
        }
    }

    /// The project's containers, by service and number.
    func containers(of services: [String] = [], includingOneOff: Bool = false) async -> [ProjectContainer] {
        await engine.containers()
            .filter { $0.configuration.labels[ComposeLabel.project] == project.name }
            .map { ProjectContainer(status: $0) }
            .filter { (services.isEmpty || services.contains($0.service)) && (includingOneOff || !$0.isOneOff) }
            .sorted { ($0.service, $0.number) < ($1.service, $1.number) }
    }

    /// The running container of a service that a command like exec is for.
    /// - Parameter index: its number; nil is the first.
    func running(_ service: String, index: Int? = nil) async throws(RuntimeError) -> ProjectContainer {
        if !project.services.isEmpty, project[service: service] == nil {
            throw .conflict("no such service: \(service)")
        }
        let candidates = await containers(of: [service]).filter(\.isAlive)
        guard let found = index.map({ index in candidates.first { $0.number == index } }) ?? candidates.first else {
            throw .conflict("service \"\(service)\" is not running")
        }
        return found
    }

    /// Runs a docker command as if the caller had typed it.
    func docker(_ words: [String], context other: CommandContext? = nil) async -> Int32 {
        await DockerCommand.make(engine: engine).dispatch(words, other ?? context)
    }

    func progress() -> ComposeProgress {
        ComposeProgress(context: context, style: line["progress"] ?? "auto")
    }
}

/// What is wrong with a compose file, with a next step.
struct ComposeMessage {
    let error: ComposeError

    /// - Returns: the exit status.
    func report(_ context: CommandContext) -> Int32 {
        context.error.line(error.description)
        if let hint = hint?(context.language) { context.error.prose(hint) }
        switch error.reason {
        case .syntax, .wrongType, .unknownKey: return 15
        default: return 1
        }
    }

    private var hint: Localized? {
        switch error.reason {
        case .unknownKey(_, let suggestion?):
            Localized(ko: "혹시 '\(suggestion)' 인가요?", en: "Did you mean '\(suggestion)'?")
        case .syntax:
            Localized(
                ko: "YAML 은 들여쓰기로 뜻을 나눠요. 탭 대신 빈칸을 쓰고, ':' 뒤에 한 칸 띄웠는지 보세요.",
                en: "YAML tells things apart by indentation: use blanks, no tabs, and put one behind each ':'.")
        case .badInterpolation:
            Localized(ko: "글자 '$' 를 그대로 쓰려면 '$$' 로 쓰세요.", en: "A plain '$' is written '$$'.")
        case .cycle:
            Localized(
                ko: "서로를 기다리면 아무도 시작하지 못해요. depends_on 하나를 지우세요.",
                en: "Services that wait for each other never start: remove one depends_on.")
        case .other(let text) where text.hasPrefix("no configuration file provided"):
            Localized(
                ko: "compose.yaml 이 있는 디렉터리에서 하거나 'docker compose -f 파일 …' 로 알려 주세요.",
                en: "Go to the directory of a compose.yaml, or name the file: 'docker compose -f FILE …'.")
        default: nil
        }
    }
}
