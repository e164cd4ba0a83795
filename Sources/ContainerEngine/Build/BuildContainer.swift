import CLinux
import ContainerRuntime
import Glibc
import LinuxKernel
import Synchronization

/// The container in which a RUN runs. It is nobody's but the build's: it shows up in no list.
final class BuildContainer: Sendable {
    private let engine: ContainerEngine
    private let run: RunOperation
    /// Top first.
    private let lowerDirectories: [String]
    private let mounts: [Mount]
    private let store: ImageStore
    private struct State {
        var identifier: String?
        /// Where its changes are; they may be large, and become a layer by being moved.
        var staging: ImageStaging?
    }
    private let state = Mutex(State())

    init(
        engine: ContainerEngine, store: ImageStore, run: RunOperation, lowerDirectories: [String], mounts: [Mount]
    ) {
        self.engine = engine
        self.store = store
        self.run = run
        self.lowerDirectories = lowerDirectories
        self.mounts = mounts
    }

    /// Runs the command to its end; cancelling the task kills it.
    func run(output: @escaping @Sendable ([UInt8]) -> Void) async throws(RuntimeError) -> ExitStatus {
        let staging = try await store.makeStaging()
        state.withLock { $0.staging = staging }
        // The harbour's root mounts what is in it.
        chmod(staging.path, 0o711)
        _ = try staging.createTree("changes", owner: engine.harbour.rootID)
        let exit: ExitStatus
        do throws(RuntimeError) {
            exit = try await run(in: staging, output)
        } catch {
            // Not every file system can hold an overlay's changes (another overlay cannot); memory always can.
            guard case .system("mount overlay", _, _) = error else { throw error }
            await remove()
            exit = try await run(in: nil, output)
        }
        return exit
    }

    private func run(
        in staging: ImageStaging?, _ output: @escaping @Sendable ([UInt8]) -> Void
    ) async throws(RuntimeError) -> ExitStatus {
        state.withLock { $0.staging = staging }
        let id = try await engine.createBuildContainer(configuration, lowerPaths: lowerDirectories)
        state.withLock { $0.identifier = id }
        if Task.isCancelled { throw .system(stage: "run", errno: ECANCELED, path: nil) }
        let ends: SocketPair
        do throws(Errno) {
            ends = try SocketPair(type: Int32(SOCK_STREAM.rawValue))
        } catch {
            throw .system(stage: "socketpair", errno: error.code, path: nil)
        }
        let (reading, writing) = (ends.first, ends.second)
        let reader = Task { await KernelThread.run("build-output") { Self.read(reading, output) } }
        defer { shutdown(writing.number, Int32(SHUT_RDWR)) }
        let session = try await engine.attach(
            id, streams: StreamDescriptors(output: writing.number, error: writing.number))
        try await engine.startContainer(id)
        let engine = engine
        let result = await withTaskCancellationHandler {
            await Result { () async throws(RuntimeError) in try await session.wait() }
        } onCancel: {
            Task { try? await engine.signalContainer(id, signal: SIGKILL) }
        }
        // What was written is read before the end is seen.
        shutdown(writing.number, Int32(SHUT_WR))
        await reader.value
        return try result.get()
    }

    private static func read(_ descriptor: FileDescriptor, _ output: ([UInt8]) -> Void) {
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let count = Glibc.read(descriptor.number, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return }
            output(Array(buffer[..<count]))
        }
    }

    /// What the command has changed, as a layer; nil where it has changed nothing.
    /// - Parameter date: no file is younger, in seconds since 1970.
    func layer(_ below: StageBuild.Below, date: Int?) async throws(RuntimeError) -> StoredLayer? {
        let (id, staging) = state.withLock { ($0.identifier, $0.staging) }
        guard let id else { return nil }
        let upper = try await engine.harbour.openTree(
            ContainerEngine.layerPath(id, configuration) + "/upper")
        let stubs = ["/proc", "/sys", "/dev", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf"] + mounts.map(\.target)
        let isEmpty = try await ImageBuild.onThread { () throws(RuntimeError) in
            let changes = UpperDirectory(upper)
            try changes.removeMountPoints(stubs, over: below.files())
            if let date { changes.limitTimes(to: date) }
            return changes.isEmpty
        }
        if isEmpty { return nil }
        guard let staging else { return try await store.addLayer(packing: upper, in: try await store.makeStaging()) }
        return try await store.addLayer(moving: "changes/upper", opened: upper, in: staging)
    }

    func remove() async {
        guard let id = state.withLock({ $0.identifier }) else { return }
        try? await engine.removeContainer(id, force: true)
    }

    private var configuration: ContainerConfiguration {
        var wanted = ContainerConfiguration(image: "build", command: run.arguments)
        wanted.entrypoint = []
        wanted.environment = run.environment + run.passedOn
        wanted.workingDirectory = run.workingDirectory
        wanted.user = run.user.isEmpty ? nil : run.user
        wanted.labels = ["kijabi.role": "build"]
        wanted.mounts = mounts
        wanted.layerDirectory = state.withLock { $0.staging }.map { engine.harbourPath($0.path + "/changes") }
        switch run.network {
        case "none": wanted.sandbox = SandboxConfiguration(name: "build", hostname: "buildkitsandbox", network: .none)
        case "host": wanted.sharedWithHost.insert(.network)
        default: break
        }
        return wanted
    }
}
