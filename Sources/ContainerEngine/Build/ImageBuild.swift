import ContainerRuntime
import Dockerfile
import Documents
import LinuxKernel
import OCI
import Synchronization

/// One build: reads the Dockerfile, builds the stages that are needed, those that do not wait for one another at the same
/// time, and publishes the image.
final class ImageBuild: Sendable {
    let engine: ContainerEngine
    let store: ImageStore
    let request: BuildRequest
    let progress: BuildProgress

    private struct State {
        var failure: BuildError?
        var tasks: [Task<StageState?, Never>] = []
    }

    private let state = Mutex(State())

    init(engine: ContainerEngine, store: ImageStore, request: BuildRequest, progress: BuildProgress) {
        self.engine = engine
        self.store = store
        self.request = request
        self.progress = progress
    }

    func run() async throws(BuildError) -> BuiltImage {
        let references = try self.references()
        if let platform = request.platform, !BuildPlatform.isOwn(platform) {
            throw .fault(
                BuildFault(
                    .unsupported, "building for \(platform) is not possible here: this machine is \(BuildPlatform.name)"
                ))
        }
        let environment = engine.configuration.registries.environment
        if !request.agents.isEmpty, (environment["SSH_AUTH_SOCK"] ?? "").isEmpty {
            throw .fault(
                BuildFault(
                    .unsupported, "invalid empty ssh agent socket: make sure SSH_AUTH_SOCK is set"))
        }
        let (context, file, source) = try await load()
        let graph: BuildGraph
        do throws(DockerfileError) {
            graph = try BuildGraph(
                file, arguments: request.arguments, platform: BuildPlatform.arguments, target: request.target)
        } catch {
            throw fault(error, source)
        }
        warn(file, graph, source)
        let plan = BuildPlan(build: self, file: file, source: source, graph: graph, context: context)
        let bases = try await plan.resolveBases()
        let result = try await runStages(plan, bases)
        return try await publish(result, references)
    }

    private func references() throws(BuildError) -> [ImageReference] {
        var references: [ImageReference] = []
        for tag in request.tags {
            do throws(ImageReferenceError) {
                references.append(try ImageReference(tag))
            } catch {
                throw .fault(BuildFault(.other, "invalid tag \"\(tag)\": \(error.description)"))
            }
        }
        return references
    }

    // MARK: Dockerfile and context

    private func load() async throws(BuildError) -> (BuildContext, Dockerfile, [String]) {
        progress.plan(3)
        let definition = progress.begin("[internal] load build definition from \(request.dockerfileName)")
        var context: BuildContext
        let bytes: [UInt8]
        do throws(RuntimeError) {
            context = try await BuildContext.open(request.context, store: store, harbour: engine.harbour)
            bytes = try await dockerfile(context)
        } catch {
            progress.finish(definition, .failed("failed to read dockerfile"))
            if case .system(_, 2, let path) = error, case .file(let wanted) = request.dockerfile {
                throw .fault(
                    BuildFault(
                        .missingDockerfile(path: path ?? wanted),
                        "failed to read dockerfile: open \(wanted): no such file or directory"))
            }
            throw .runtime(error)
        }
        progress.tell(definition, .detail("transferring dockerfile: \(bytes.count)B done"))
        progress.finish(definition, .done)
        let source = Dockerfile.lines(bytes)
        do throws(DockerfileError) {
            let file = try Dockerfile(parsing: bytes)
            context.ignored = try await ignorePatterns(context)
            return (context, file, source)
        } catch {
            throw fault(error, source)
        }
    }

    private func dockerfile(_ context: BuildContext) async throws(RuntimeError) -> [UInt8] {
        switch request.dockerfile {
        case .text(let bytes): return bytes
        case .file(let path):
            return try await Self.onThread { () throws(RuntimeError) in
                let files = try context.files()
                let place = try files.resolve(ImagePath.clean(path))
                guard let node = try files.node(place), node.kind == .file else {
                    throw .system(stage: "open", errno: 2, path: path)
                }
                return try files.open(place).readToEnd()
            }
        }
    }

    private func ignorePatterns(_ context: BuildContext) async throws(DockerfileError) -> IgnorePatterns {
        let step = progress.begin("[internal] load .dockerignore")
        var bytes = request.ignoreFile ?? []
        if request.ignoreFile == nil {
            let found = await Result { () async throws(RuntimeError) in
                try await Self.onThread { () throws(RuntimeError) in try context.files().text("/.dockerignore") }
            }
            if case .success(let text?) = found { bytes = Array(text.utf8) }
        }
        progress.tell(step, .detail("transferring context: \(bytes.count)B done"))
        progress.finish(step, .done)
        do throws(DockerfileError) {
            return try IgnorePatterns(parsing: bytes)
        } catch {
            throw DockerfileError(
                .arguments(".dockerignore line \(error.lines.lowerBound): \(error.message)"), lines: 1...1)
        }
    }

    private func warn(_ file: Dockerfile, _ graph: BuildGraph, _ source: [String]) {
        for warning in file.warnings {
            progress.tell(0, .warning(warning.sentence, excerpt(source, warning.lines)))
        }
        let declared = Set(
            (file.arguments
                + file.stages.flatMap(\.instructions).flatMap { instruction -> [ArgumentDeclaration] in
                    if case .argument(let declarations) = instruction.action { declarations } else { [] }
                }).map(\.name))
        let unknown = request.arguments.keys.filter {
            !declared.contains($0) && !BuildPlatform.proxyArguments.contains($0) && $0 != "SOURCE_DATE_EPOCH"
        }
        if !unknown.isEmpty {
            progress.tell(
                0,
                .warning("One or more build-args [\(unknown.sorted().joined(separator: " "))] were not consumed", nil))
        }
    }

    // MARK: Stages

    private func runStages(_ plan: BuildPlan, _ bases: [Int: StageState]) async throws(BuildError) -> StageState {
        var tasks: [Int: Task<StageState?, Never>] = [:]
        for index in plan.graph.needed {
            let earlier = tasks
            tasks[index] = Task {
                let stage = StageBuild(plan: plan, node: plan.graph.nodes[index], stages: earlier)
                do throws(BuildError) {
                    return try await stage.run(base: bases[index])
                } catch {
                    self.fail(error)
                    return nil
                }
            }
        }
        let all = plan.graph.needed.compactMap { tasks[$0] }
        let isTooLate = state.withLock { state in
            state.tasks = all
            return state.failure != nil
        }
        if isTooLate { all.forEach { $0.cancel() } }
        await withTaskCancellationHandler {
            // Nothing may run any more when this returns, whatever failed first.
            for task in all { _ = await task.value }
        } onCancel: {
            all.forEach { $0.cancel() }
        }
        if let failure = state.withLock({ $0.failure }) { throw failure }
        guard !Task.isCancelled, let result = await tasks[plan.graph.target]?.value else { throw .cancelled }
        return result
    }

    /// The first failure counts; it ends the other stages.
    private func fail(_ error: BuildError) {
        let tasks = state.withLock { state in
            if case .cancelled = error, state.failure == nil {
                state.failure = error
            } else if state.failure == nil || state.failure == .cancelled {
                state.failure = error
            }
            return state.tasks
        }
        tasks.forEach { $0.cancel() }
    }

    // MARK: The image

    private func publish(_ result: StageState, _ references: [ImageReference]) async throws(BuildError) -> BuiltImage {
        let step = progress.begin("exporting to image")
        var configuration = result.configuration
        for (key, value) in request.labels { configuration.labels[key] = value }
        if let epoch = request.sourceDateEpoch {
            let date = RFC3339.text(seconds: epoch)
            configuration.created = date
            configuration.history = configuration.history.map { line in
                var line = line
                line["created"] = .string(date)
                return line
            }
        }
        progress.tell(step, .detail("exporting layers done"))
        do throws(RuntimeError) {
            let summary = try await store.publish(
                ImageContent(
                    configuration: configuration.document.encoded(), layers: result.layers,
                    origin: "built from \(request.dockerfileName)", parent: result.parent), as: references)
            progress.tell(step, .detail("writing image \(summary.id) done"))
            for reference in references { progress.tell(step, .detail("naming to \(reference.description) done")) }
            progress.finish(step, .done)
            return BuiltImage(
                id: summary.id, references: references.map(\.description), ranSteps: result.ranSteps,
                cachedSteps: result.cachedSteps)
        } catch {
            progress.finish(step, .failed("\(error)"))
            throw .runtime(error)
        }
    }

    // MARK: Errors

    func excerpt(_ source: [String], _ lines: ClosedRange<Int>) -> SourceExcerpt {
        SourceExcerpt(fileName: request.dockerfileName, source: source, marked: lines)
    }

    /// A mistake in the Dockerfile, in docker's words and with its lines.
    func fault(_ error: DockerfileError, _ source: [String]) -> BuildError {
        let reason: BuildFault.Reason =
            switch error.kind {
            case .unknownInstruction(let word): .unknownInstruction(word, known: Keyword.allCases.map(\.rawValue))
            case .unknownFlag(let flag, _, let known): .unknownFlag(flag, known: known.map { "--" + $0 })
            default: .syntax
            }
        let place = "dockerfile parse error on line \(error.lines.lowerBound): "
        return .fault(BuildFault(reason, place + error.message, source: excerpt(source, error.lines)))
    }

    /// Work that blocks.
    static func onThread<Value: Sendable>(
        _ work: @escaping @Sendable () throws(RuntimeError) -> Value
    ) async throws(RuntimeError) -> Value {
        let result = await KernelThread.run("build") { () -> Result<Value, RuntimeError> in
            do throws(RuntimeError) {
                return .success(try work())
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}

extension DockerfileWarning {
    /// In the words of docker's checks.
    var sentence: String {
        switch kind {
        case .emptyContinuation: "NoEmptyContinuation: Empty continuation line"
        case .notJSON(let keyword):
            "JSONArgsRecommended: JSON arguments recommended for \(keyword.rawValue): "
                + "what is here is not JSON (it wants double quotes) and goes to a shell"
        case .maintainer: "MaintainerDeprecated: Maintainer instruction is deprecated in favor of using label"
        case .duplicateStage(let name):
            "DuplicateStageName: Duplicate stage name \"\(name)\", stage names should be unique"
        case .oldForm(let keyword):
            "LegacyKeyValueFormat: \"\(keyword.rawValue) key=value\" should be used instead of legacy "
                + "\"\(keyword.rawValue) key value\" format"
        }
    }
}
