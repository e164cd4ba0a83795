import ContainerRuntime
import Dockerfile
import OCI

/// What all stages of a build have in common.
struct BuildPlan: Sendable {
    let build: ImageBuild
    let file: Dockerfile
    let source: [String]
    let graph: BuildGraph
    let context: BuildContext

    /// The base images of the stages that are needed, by stage. Each image is looked for once.
    func resolveBases() async throws(BuildError) -> [Int: StageState] {
        var states: [Int: StageState] = [:]
        var found: [String: StageState] = [:]
        for index in graph.needed {
            let node = graph.nodes[index]
            if let platform = node.platform, !platform.isEmpty, !BuildPlatform.isOwn(platform) {
                throw fault(
                    .unsupported,
                    "building for \(platform) is not possible here: this machine is \(BuildPlatform.name)",
                    node.stage.lines)
            }
            switch node.base {
            case .stage: break
            case .scratch:
                var configuration = ImageConfiguration(architecture: BuildPlatform.architecture)
                configuration.environment = ["PATH=\(CommandLine.standardPath)"]
                states[index] = StageState(configuration: configuration, layers: [], date: 0)
            case .image(let reference):
                if let known = found[reference] {
                    states[index] = known
                } else {
                    let state = try await image(reference, lines: node.stage.lines)
                    found[reference] = state
                    states[index] = state
                }
            }
        }
        return states
    }

    /// The stage is the first of those with its base image.
    func isShownFirst(_ node: BuildGraph.Node) -> Bool {
        graph.needed.first { graph.nodes[$0].base == node.base } == node.index
    }

    /// An image of the store, or one that can be made or pulled.
    func image(_ reference: String, lines: ClosedRange<Int>) async throws(BuildError) -> StageState {
        let name = (try? ImageReference(reference))?.description ?? reference
        build.progress.plan(1)
        let step = build.progress.begin("[internal] load metadata for \(name)")
        do throws(RuntimeError) {
            let progress = build.progress
            let image = try await build.engine.baseImage(reference, pulls: build.request.pulls) { event in
                if let kind = BuildEvent.Kind(event) { progress.tell(step, kind) }
            }
            let layers = await build.store.storedLayers(of: image)
            build.progress.finish(step, .done)
            return StageState(
                configuration: image.configuration, layers: layers, date: Int(image.summary.createdAt),
                parent: Digest(image.summary.id))
        } catch {
            let offered = await build.engine.offeredImages()
            build.progress.finish(step, .failed("\(name): not found"))
            switch error {
            case .noSuchImage:
                throw fault(
                    .noSuchImage(reference, offered: offered),
                    "\(reference): failed to resolve source metadata for \(name): \(name): not found", lines)
            case .registry(let failure):
                throw fault(
                    .noSuchImage(reference, offered: offered),
                    "\(reference): failed to resolve source metadata for \(name): \(failure.description)", lines)
            case .invalid(_, let reason):
                throw fault(.other, "failed to parse stage name \"\(reference)\": \(reason)", lines)
            default: throw fault(.system(error), "failed to resolve source metadata for \(name)", lines)
            }
        }
    }

    func fault(
        _ reason: BuildFault.Reason, _ message: String, _ lines: ClosedRange<Int>, step: Int? = nil
    ) -> BuildError {
        .fault(BuildFault(reason, message, source: build.excerpt(source, lines), step: step))
    }
}

extension BuildEvent.Kind {
    /// What of a pull is told in a build; nil for what need not be.
    fileprivate init?(_ event: TransferEvent) {
        guard case .layer(let layer, let step) = event else { return nil }
        switch step {
        case .downloading(let current, let total):
            self = .transfer(name: layer, current: current, total: total, isDone: current >= total)
        case .extracting(let current, let total):
            self = .transfer(name: "extracting \(layer)", current: current, total: total, isDone: false)
        case .pullComplete: self = .transfer(name: "extracting \(layer)", current: 0, total: 0, isDone: true)
        default: return nil
        }
    }
}
