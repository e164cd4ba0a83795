public import ContainerRuntime
import LinuxKernel

extension ContainerEngine {
    /// Makes the harbour, with this machine's image store and the harbour's own network in it.
    /// - Parameter searchPath: where to look for the programs that images are made of, as in `PATH`.
    /// - Throws: `.unavailable` where this machine does not allow it.
    public static func start(
        _ configuration: EngineConfiguration, searchPath: String
    ) async throws(RuntimeError) -> ContainerEngine {
        let engine = try await start(
            configuration,
            images: { harbour throws(RuntimeError) in
                try ImageStore(
                    dataDirectory: configuration.dataDirectory, rootID: harbour.rootID, searchPath: searchPath,
                    stub: configuration.stubProgram,
                    archives: ArchiveAgent(harbour: harbour, program: configuration.archiveProgram))
            },
            network: { harbour throws(RuntimeError) in
                try HarbourNetwork(harbour: harbour, packetFilter: configuration.packetFilterProgram)
            })
        await engine.beginSweep()
        return engine
    }

    /// Removes meanwhile what was left in the store of images by somebody who was killed.
    private func beginSweep() {
        guard let store = images_ as? ImageStore else { return }
        sweep = Task { await store.sweepAbandoned() }
    }

    /// Makes the harbour, and what lives in it.
    static func start(
        _ configuration: EngineConfiguration,
        images: @Sendable (Harbour) throws(RuntimeError) -> any ImageSource,
        network: @Sendable (Harbour) throws(RuntimeError) -> any NetworkPlumber
    ) async throws(RuntimeError) -> ContainerEngine {
        try makeDirectory(configuration.dataDirectory)
        let runDirectory = try RunDirectory(in: configuration.runDirectory)
        let zygote: ZygoteProcess
        do throws(Errno) {
            if let started = configuration.zygote {
                zygote = started
            } else {
                zygote = try ZygoteProcess(program: configuration.zygoteProgram)
            }
        } catch {
            throw .unavailable(reason: "\(configuration.zygoteProgram): \(error)")
        }
        let harbour = try await Harbour.make(
            zygote: zygote, runDirectory: runDirectory.path, dataDirectory: configuration.dataDirectory)
        return try ContainerEngine(
            configuration: configuration, harbour: harbour, runDirectory: runDirectory, images: try images(harbour),
            network: try network(harbour))
    }
}
