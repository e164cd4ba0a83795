import ContainerRuntime
import Dockerfile
import Glibc
import LinuxKernel
import OCI

/// RUN: the command runs in a container on the layers so far; what it has written becomes the next layer.
extension StageBuild {
    func run(
        _ run: RunOperation, _ step: BuildStep, _ number: Int, on state: StageState
    ) async throws(StepFailure) -> Outcome {
        let mounts = try await BuildMounts.prepare(run, step, self)
        let key = CacheKey.run(run, on: state.digests, mounted: mounts.contentDigests)
        return try await remember(key, step) { () async throws(StepFailure) in
            let below = try await destination(state)
            guard !below.directories.isEmpty else {
                let program = run.arguments.first ?? ""
                throw Self.failure(
                    run, ExitStatus(code: 127), "exec: \"\(program)\": no such file or directory: the image is empty")
            }
            return try await execute(run, below, mounts, number)
        }
    }

    private func execute(
        _ run: RunOperation, _ below: Below, _ mounts: BuildMounts, _ number: Int
    ) async throws(StepFailure) -> StoredLayer? {
        let progress = progress
        var run = run
        run.passedOn += mounts.environment
        let container = BuildContainer(
            engine: plan.build.engine, store: store, run: run, lowerDirectories: below.directories,
            mounts: mounts.mounts)
        let epoch = request.sourceDateEpoch
        let result = await Result { () async throws(RuntimeError) -> (ExitStatus, StoredLayer?) in
            let exit = try await container.run { progress.tell(number, .output($0)) }
            let hasLayer = exit.code == 0 && !Task.isCancelled
            return (exit, hasLayer ? try await container.layer(below, date: epoch) : nil)
        }
        await container.remove()
        switch result {
        case .success((let exit, let layer)):
            guard exit.code == 0 else { throw Self.failure(run, exit, Self.words(exit)) }
            return layer
        case .failure(.commandNotFound(let program)):
            throw Self.failure(
                run, ExitStatus(code: 127), "exec: \"\(program)\": executable file not found in $PATH")
        case .failure(let error): throw StepFailure(error)
        }
    }

    private static func failure(_ run: RunOperation, _ exit: ExitStatus, _ how: String) -> StepFailure {
        StepFailure(
            .commandFailed(exit), "process \"\(run.shown)\" did not complete successfully: \(how)")
    }

    private static func words(_ exit: ExitStatus) -> String {
        if exit.outOfMemory { return "exit code: \(exit.code): cannot allocate memory" }
        guard let signal = exit.signal else { return "exit code: \(exit.code)" }
        return "exit code: \(exit.code): \(String(cString: strsignal(signal)).lowercased())"
    }
}
