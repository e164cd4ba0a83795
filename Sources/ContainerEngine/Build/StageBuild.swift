import ContainerRuntime
import Dockerfile
import LinuxKernel
import OCI

/// Builds one stage, step after step. Every step that was done is kept, so that the next build finds it.
struct StageBuild: Sendable {
    let plan: BuildPlan
    let node: BuildGraph.Node
    /// Those before it.
    let stages: [Int: Task<StageState?, Never>]

    var store: ImageStore { plan.build.store }
    var request: BuildRequest { plan.build.request }
    var progress: BuildProgress { plan.build.progress }

    /// - Parameter base: nil where the base is another stage.
    func run(base: StageState?) async throws(BuildError) -> StageState {
        var state: StageState
        if let base {
            state = base
        } else {
            guard case .stage(let index) = node.base else { throw .cancelled }
            state = try await stage(index)
            state.ranSteps = 0
            state.cachedSteps = 0
        }
        let steps = try evaluate(state)
        let hasImage = if case .image = node.base { true } else { false }
        let shown = steps.filter(\.isShown).count + (hasImage ? 1 : 0)
        progress.plan(shown - (hasImage && !plan.isShownFirst(node) ? 1 : 0))
        var number = 0
        func title(_ text: String) -> String {
            number += 1
            let digits = String(shown).count
            let padded = String(repeating: " ", count: digits - String(number).count) + String(number)
            return "[" + (plan.file.stages.count > 1 ? node.name + " " : "") + "\(padded)/\(shown)] " + text
        }
        if case .image(let reference) = node.base {
            let name = (try? ImageReference(reference))?.description ?? reference
            let title = title("FROM \(name)")
            // Several stages on one image have its step in common.
            if plan.isShownFirst(node) { progress.finish(progress.begin(title), .done) }
        }
        for step in steps {
            if Task.isCancelled { throw .cancelled }
            guard step.isShown else {
                state.take(step, layer: nil, date: state.date)
                continue
            }
            // It begins when what it takes files from is there.
            if case .copy(let copy) = step.operation, case .stage(let index) = copy.place { _ = try await stage(index) }
            try await perform(step, title: title(step.title), on: &state)
        }
        return state
    }

    /// Another stage's result.
    func stage(_ index: Int) async throws(BuildError) -> StageState {
        guard let state = await stages[index]?.value else { throw .cancelled }
        return state
    }

    private func evaluate(_ base: StageState) throws(BuildError) -> [BuildStep] {
        var evaluation = StageEvaluation(
            graph: plan.graph, node: node, base: base.configuration, given: request.arguments,
            network: request.network, escape: plan.file.escape)
        do throws(DockerfileError) {
            return try evaluation.steps()
        } catch {
            throw plan.build.fault(error, plan.source)
        }
    }

    private func perform(_ step: BuildStep, title: String, on state: inout StageState) async throws(BuildError) {
        let number = progress.begin(title)
        do throws(StepFailure) {
            let outcome = try await result(of: step, number, on: state)
            if outcome.isCached { state.cachedSteps += 1 } else { state.ranSteps += 1 }
            state.take(step, layer: outcome.layer, date: outcome.date)
            progress.finish(number, outcome.isCached ? .cached : .done)
        } catch {
            if Task.isCancelled {
                progress.finish(number, .cancelled)
                throw .cancelled
            }
            progress.finish(number, .failed(error.message))
            throw plan.fault(error.reason, error.message, step.instruction.lines, step: number)
        }
    }

    /// What a step has made.
    struct Outcome {
        /// Nil where it changed no file.
        var layer: StoredLayer?
        var date: Int
        var isCached: Bool
    }

    private func result(
        of step: BuildStep, _ number: Int, on state: StageState
    ) async throws(StepFailure) -> Outcome {
        switch step.operation {
        case .none: Outcome(layer: nil, date: state.date, isCached: true)
        case .run(let run): try await self.run(run, step, number, on: state)
        case .copy(let copy): try await self.copy(copy, step, number, on: state)
        case .makeDirectory(let path, let user): try await makeDirectory(path, user: user, step, on: state)
        }
    }

    /// What is known under a key, or what `make` makes, which is then kept.
    func remember(
        _ key: String, _ step: BuildStep, make: () async throws(StepFailure) -> StoredLayer?
    ) async throws(StepFailure) -> Outcome {
        // Times that are limited are other times.
        let key = request.sourceDateEpoch.map { Digest(of: Array("\(key) \($0)".utf8)).hex } ?? key
        let known = await store.step(key)
        if request.usesCache, let known {
            return Outcome(layer: await store.layer(of: known), date: known.createdAt, isCached: true)
        }
        let made = try await make()
        // The same layer again keeps its date: the same input gives the same image.
        let isSame = known.map { $0.layer?.diffID == made?.diffID } ?? false
        let now = Int(plan.build.engine.configuration.now())
        let date = request.sourceDateEpoch ?? (isSame ? known?.createdAt ?? now : now)
        do throws(RuntimeError) {
            let record = StepRecord(key: key, description: step.title, layer: made, createdAt: date)
            return Outcome(layer: try await store.keep(record, made), date: date, isCached: false)
        } catch {
            throw StepFailure(error)
        }
    }
}

/// Why a step could not be done.
struct StepFailure: Error {
    var reason: BuildFault.Reason
    var message: String

    init(_ reason: BuildFault.Reason, _ message: String) {
        self.reason = reason
        self.message = message
    }

    init(_ error: RuntimeError) {
        reason = .system(error)
        switch error {
        case .system(let stage, let errno, let path):
            message = "\(stage)\(path.map { " " + $0 } ?? ""): \(Errno(errno).description.lowercased())"
        case .unavailable(let text): message = text
        case .invalidArchive(let text): message = text
        case .registry(let failure): message = failure.description
        case .invalid(let field, let text): message = "invalid \(field): \(text)"
        default: message = "\(error)"
        }
    }
}
