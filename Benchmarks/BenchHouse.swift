import Cluster
import Commands
import ContainerEngine
import Glibc
import Kubectl
import KubernetesAPI
import Terminal

/// Engine and cluster as the shell has them, started when a benchmark first needs them.
actor BenchHouse {
    nonisolated let configuration: EngineConfiguration
    /// The program kijabi itself.
    nonisolated let program: String
    nonisolated let environment: [String: String]
    private var runningEngine: ContainerEngine?
    private var runningCluster: Cluster?
    private var madeImage: SampleImage?

    init(engine: EngineConfiguration, program: String, environment: [String: String]) {
        configuration = engine
        self.program = program
        self.environment = environment
    }

    func engine() async throws -> ContainerEngine {
        if let runningEngine { return runningEngine }
        let engine = try await ContainerEngine.start(configuration, searchPath: environment["PATH"] ?? "/bin:/usr/bin")
        runningEngine = engine
        _ = try await engine.resolveImage("busybox")
        return engine
    }

    /// A cluster of three nodes, ready.
    func cluster() async throws -> Cluster {
        if let runningCluster { return runningCluster }
        let cluster = Cluster(runtime: try await engine())
        runningCluster = cluster
        try await cluster.start()
        await cluster.waitUntilReady()
        return cluster
    }

    /// An archive to load, made once.
    func sampleImage() async throws -> SampleImage {
        if let madeImage { return madeImage }
        let image = try await SampleImage(parent: environment["TMPDIR"] ?? "/tmp")
        madeImage = image
        return image
    }

    func close() async {
        madeImage?.directory.remove()
        await runningCluster?.stop()
        await runningEngine?.shutdown()
    }

    /// Runs a line of kubectl as the shell does.
    /// - Throws: where its exit status is not 0.
    nonisolated func kubectl(_ words: String..., on cluster: Cluster) async throws {
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { Glibc.close(null) }
        let output = OutputStream(descriptor: null)
        let context = CommandContext(
            input: null, output: output, error: output, environment: [:], workingDirectory: "/", files: NoFiles(),
            language: .english, style: Style(isEnabled: false))
        let status = await KubectlCommand.make(client: cluster.client()).dispatch(words, context)
        guard status == 0 else {
            throw BenchmarkError("kubectl \(words.joined(separator: " ")): exit status \(status)")
        }
    }
}

/// The commands that are measured read no files.
private struct NoFiles: FileAccess {
    func read(_ path: String, workingDirectory: String) async throws(FileAccessError) -> [UInt8] {
        throw FileAccessError(path: path, errno: ENOENT)
    }
    func list(_ path: String, workingDirectory: String) async throws(FileAccessError) -> [String] { [] }
    func isDirectory(_ path: String, workingDirectory: String) async -> Bool { false }
}
