import Commands
import ContainerRuntime
import Diagnostics
import Glibc
import LinuxKernel
import Shell
import Synchronization
import Terminal

/// The command line of kijabi: which mode, with what.
final class Program: Sendable {
    static let version = EngineInformation.version

    let arguments: [String]
    let zygote: Result<ZygoteProcess, Errno>
    let signals: SignalRouter
    private let zygoteIsTaken = Atomic(false)

    init(arguments: [String], zygote: Result<ZygoteProcess, Errno>, signals: SignalRouter) {
        self.arguments = arguments
        self.zygote = zygote
        self.signals = signals
    }

    func run() async -> Int32 {
        let environment = Self.environment()
        let places = Places(environment: environment)
        var language = Language(environment: environment)
        if let given = Self.givenLanguage(arguments) { language = given }
        let output = OutputStream(descriptor: 1)
        let context = CommandContext(
            input: 0, output: output, error: OutputStream(descriptor: 2), environment: environment,
            workingDirectory: Self.currentDirectory, files: LocalFiles(), language: language,
            style: Style(isTerminal: output.isTerminal, environment: environment))
        return await command(places).dispatch(arguments, context)
    }

    /// The zygote that was started first, for the first engine; nil for every engine behind it, which starts its own.
    /// - Throws: `.unavailable` where it could not be started.
    func takeZygote(_ path: String) throws(RuntimeError) -> ZygoteProcess? {
        guard zygoteIsTaken.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged
        else { return nil }
        switch zygote {
        case .success(let zygote): return zygote
        case .failure(let error): throw .unavailable(reason: "\(path): \(error)")
        }
    }

    private func command(_ places: Places) -> Command {
        var root = Command(
            "kijabi",
            summary: Localized(
                ko: "키잡이: 진짜 컨테이너와 진짜 쿠버네티스로 배우는 셸",
                en: "kijabi: a shell for learning, with real containers and a real Kubernetes"),
            usage: "[-c COMMANDS | FILE]",
            examples: [
                ("kijabi", Localized(ko: "셸 열기", en: "Open the shell")),
                ("kijabi learn", Localized(ko: "과정 이어 가기", en: "Go on with the lessons")),
                ("kijabi -c 'kubectl get nodes'", Localized(ko: "명령만 실행하기", en: "Just run commands")),
            ],
            flags: Self.flags, stopsAtFirstArgument: true)
        root.subcommands = [
            LearnMode.command(self), LessonsMode.command(self), ReplayMode.command(self), RecordMode.command(self),
            ImagesMode.command(self), CleanMode.command(),
            DoctorCommand.make(engine: places.engine, stateDirectory: places.state), BenchMode.command(self, places),
        ]
        root.run = { invocation, context in await ShellMode(program: self, invocation, context).run() }
        return root
    }

    private static let flags = [
        Flag(
            "command", short: "c", .text, placeholder: "COMMANDS",
            summary: Localized(
                ko: "이 명령들을 실행하고 끝내기", en: "run these commands and leave")),
        Flag(
            "lang", .text, placeholder: "ko|en", summary: Localized(ko: "말", en: "language"),
            allowed: ["ko", "en"], isInherited: true),
        Flag(
            "seed", .integer, placeholder: "N",
            summary: Localized(
                ko: "이름과 주소를 정하는 씨앗", en: "what names and addresses are drawn from"), isInherited: true),
        Flag(
            "nodes", .integer, placeholder: "N",
            summary: Localized(
                ko: "노드의 수 (1~200)", en: "number of nodes (1 to 200)"), fallback: "3", isInherited: true),
        Flag(
            "lessons", .text, placeholder: "DIR",
            summary: Localized(
                ko: "과정이 있는 디렉터리", en: "directory of lessons"), isInherited: true),
        Flag("version", summary: Localized(ko: "판 번호", en: "the version")),
    ]

    /// `--lang` also speaks where the rest of the line cannot be understood.
    private static func givenLanguage(_ arguments: [String]) -> Language? {
        for (index, word) in arguments.enumerated() {
            if word.hasPrefix("--lang=") { return Language(rawValue: String(word.dropFirst(7))) }
            if word == "--lang", index + 1 < arguments.count { return Language(rawValue: arguments[index + 1]) }
        }
        return nil
    }

    private static func environment() -> [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
            entry += 1
        }
        return variables
    }

    static var currentDirectory: String {
        guard let path = getcwd(nil, 0) else { return "/" }
        defer { free(path) }
        return String(cString: path)
    }
}
