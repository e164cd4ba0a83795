import Cluster
import Commands
import ContainerEngine
import ContainerRuntime
import Diagnostics
import Docker
import Glibc
import Kubectl
import KubernetesAPI
import Lessons
import LinuxKernel
import Shell
import Terminal
import VirtualMachine

/// The engine, the cluster and the commands over them: everything below the shell, put together.
struct House: Sendable {
    let engine: ContainerEngine
    let cluster: Cluster
    let hypervisor: Hypervisor
    let places: Places
    let context: CommandContext
    let language: LanguageSetting
    let notices = NoticeBoard()
    let seed: UInt64
    let nodes: Int
    private let runtimeDirectory: String

    /// Starts engine and cluster.
    /// - Returns: nil after having said what hinders it.
    static func open(_ program: Program, _ options: HouseOptions, _ context: CommandContext) async -> House? {
        let places = Places(environment: context.environment)
        guard (1...200).contains(options.nodes) else {
            context.error.line("error: --nodes: \(options.nodes): 1 … 200")
            return nil
        }
        places.removeStaleRuntimeDirectories()
        var configuration = places.engine
        configuration.seed = options.seed
        do throws(RuntimeError) {
            configuration.zygote = try program.takeZygote(configuration.zygoteProgram)
            let engine = try await ContainerEngine.start(
                configuration, searchPath: context.environment["PATH"] ?? "/usr/bin:/bin")
            return try await House(engine, places, context, options)
        } catch {
            await Self.explain(error, places, context)
            return nil
        }
    }

    private init(
        _ engine: ContainerEngine, _ places: Places, _ context: CommandContext, _ options: HouseOptions
    ) async throws(RuntimeError) {
        self.engine = engine
        self.places = places
        self.context = context
        nodes = options.nodes
        seed = options.seed ?? UInt64.random(in: 0...UInt64(Int64.max))
        language = LanguageSetting(context.language)
        runtimeDirectory = places.runtime + "/shell-\(getpid())"
        hypervisor = Hypervisor(
            runtime: engine, guestProgram: Places.programDirectory + "/kijabi-guest", stateDirectory: places.state,
            searchPath: context.environment["PATH"] ?? "/usr/bin:/bin")
        cluster = Cluster(
            configuration: ClusterConfiguration(nodes: nodes, seed: seed), runtime: engine)
        do throws(ClusterError) {
            try await cluster.start()
        } catch {
            throw .unavailable(reason: "\(error)")
        }
    }

    /// The commands over engine and cluster.
    var commands: [Command] {
        [
            KubectlCommand.make(client: cluster.client().caused(by: "kubectl")),
            DockerCommand.make(engine: engine),
            XRayCommand.make(engine),
            PlotCommand.make(engine),
            LayersCommand.make(engine),
            ChaosCommand.make(ClusterPower(cluster: cluster)),
            VMCommand.make(hypervisor, comparison: Comparison(runtime: engine, hypervisor: hypervisor)),
        ]
    }

    /// A shell over them.
    func shell(_ further: [Command] = []) -> ShellConfiguration {
        mkdir(runtimeDirectory, 0o711)
        // If that cannot be arranged, the next start removes it.
        try? engine.removeAtEnd(runtimeDirectory)
        var shell = ShellConfiguration(
            runtime: engine, commands: commands + further, language: language, notices: notices,
            environment: context.environment, runtimeDirectory: runtimeDirectory,
            startDirectory: context.workingDirectory)
        shell.commandExecutor = { ThreadExecutor(name: "command") }
        // Like a Pod of the namespace `default`.
        shell.dns = DNSConfiguration(
            nameservers: [ClusterConfiguration.dnsAddress],
            searches: ["default.svc.cluster.local", "svc.cluster.local", "cluster.local"], options: ["ndots:5"])
        return shell
    }

    /// What lessons may ask of this machine.
    var machine: HouseMachine {
        HouseMachine(
            engine: engine, hypervisor: hypervisor, searchPath: context.environment["PATH"] ?? "/usr/bin:/bin")
    }

    /// The lessons, if there are any. What is wrong with a file is said, and the other lessons are there all the same.
    /// - Parameters:
    ///   - progress: another file for the progress than the learner's own
    ///   - columns: the width of a terminal that is not this process's
    func lessons(_ invocation: Invocation, progress: String? = nil, columns: Int? = nil) async -> LessonGuide? {
        guard let directory = places.collection("lessons", given: invocation["lessons"]) else { return nil }
        do throws(LessonError) {
            let catalog = try LessonCatalog(directory: directory)
            for fault in catalog.faults { context.error.line(Self.faulty(fault)(context.language)) }
            return await LessonGuide(
                catalog: catalog, progress: LessonProgress(path: progress ?? places.state + "/progress.json"),
                client: cluster.client(), runtime: engine, machine: machine, notices: notices, language: language,
                style: columns == nil ? context.style : Style(isEnabled: true),
                columns: { columns ?? TerminalSize(descriptor: 1).map { Int($0.columns) } ?? 80 })
        } catch {
            context.error.line(error.description)
            return nil
        }
    }

    private static func faulty(_ fault: LessonError) -> Localized {
        Localized(
            ko: "과정 하나를 읽지 못해서 그것만 빼고 시작해요: \(fault)", en: "One lesson cannot be read and is left out: \(fault)")
    }

    /// Has it told when everything that runs has died.
    func watchHarbour(_ tell: @escaping @Sendable (String) -> Void) {
        let text = Localized(
            ko: "kijabi: 컨테이너들의 첫 프로세스(kijabi-zygote)가 죽어서 모두 사라졌어요. kijabi 를 다시 시작하세요.",
            en: "kijabi: the containers' first process (kijabi-zygote) has died, and they are gone. Start kijabi again."
        )
        let language = language
        engine.whenHarbourDies { tell(text(language.current)) }
    }

    /// Ends what runs. The kernel would do it too; this way the directories go as well.
    func close() async {
        await hypervisor.shutdown()
        await cluster.shutdown()
        await engine.shutdown()
        Places.remove(runtimeDirectory)
    }

    /// Says what hinders containers here, and the doctor's fixes for it.
    static func explain(_ error: RuntimeError, _ places: Places, _ context: CommandContext) async {
        context.error.line(trouble(error)(context.language))
        let examination = Examination(
            engine: places.engine, stateDirectory: places.state, environment: context.environment)
        let diagnosis = Diagnosis(await examination.run())
        if !diagnosis.allowsContainers { context.error.write(diagnosis.summary(context.language)) }
    }

    private static func trouble(_ error: RuntimeError) -> Localized {
        let reason: String
        switch error {
        case .unavailable(let text): reason = text
        case .system(let stage, let number, let path):
            reason = "\(stage)\(path.map { " " + $0 } ?? ""): \(String(cString: strerror(number)))"
        default: reason = "\(error)"
        }
        return Localized(
            ko: "kijabi: 이 컴퓨터에서 컨테이너를 띄울 수 없어요: \(reason)",
            en: "kijabi: this machine cannot run containers: \(reason)")
    }
}
