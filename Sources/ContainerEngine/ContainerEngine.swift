public import ContainerRuntime
import Glibc
public import LinuxKernel

/// Real Linux containers in one process, without a daemon: see `ContainerRuntime`.
///
/// The engine runs on a thread of its own, because it makes directories and files. What waits (for an exit, for the
/// zygote's answer) does not hold the thread.
public actor ContainerEngine: ContainerRuntime, ThreadActor {
    public nonisolated let executor = ThreadExecutor(name: "engine")
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    nonisolated let configuration: EngineConfiguration
    /// The namespaces that all containers live in.
    public nonisolated let harbour: Harbour
    nonisolated let images_: any ImageSource
    nonisolated let plumber: any NetworkPlumber
    nonisolated let registries: RegistryAccess
    /// This engine's own part of `configuration.runDirectory`; the harbour has it as `/run`.
    nonisolated let runDirectory: String
    private nonisolated let ownDirectory: RunDirectory
    nonisolated let pump: OutputPump
    nonisolated let broadcaster = EventBroadcaster()

    var containersByID: [String: ContainerRecord] = [:]
    var namesToIDs: [String: String] = [:]
    /// By the ids of those whose places they have taken.
    var successors: [String: String] = [:]
    /// Of the volumes that containers here mount, by name.
    var volumeHolds: [String: StoreHold] = [:]
    var sandboxesByID: [String: SandboxRecord] = [:]
    var generator: SeededGenerator
    var networkRegistry: NetworkRegistry
    /// Ids of networks and endpoints have chance of their own: those of containers do not depend on them.
    var networkGenerator: SeededGenerator
    /// And ids of further processes.
    var execGenerator: SeededGenerator
    var nextSandbox: Int32 = 1
    var filters: [UInt64: Int32] = [:]
    /// Of seccomp profiles that were given, by their text.
    var profileFilters: [[UInt8]: Int32] = [:]
    var nextFilter: Int32 = 0
    /// Found out when the first container has limits.
    var limitsProvider: (any LimitsProvider)?
    /// The order of creation, which lists keep.
    var order: [String] = []
    /// Of the store of images, for which the harbour is wanted.
    var sweep: Task<Void, Never>?

    public nonisolated var network: any PodNetwork { plumber }

    /// - Parameters:
    ///   - runDirectory: the harbour's.
    ///   - images, network: made for this harbour.
    init(
        configuration: EngineConfiguration, harbour: Harbour, runDirectory: RunDirectory, images: any ImageSource,
        network: any NetworkPlumber
    ) throws(RuntimeError) {
        self.configuration = configuration
        self.harbour = harbour
        ownDirectory = runDirectory
        self.runDirectory = runDirectory.path
        images_ = images
        plumber = network
        registries = RegistryAccess(configuration.registries)
        let seed = configuration.seed ?? UInt64.random(in: .min ... .max)
        generator = SeededGenerator(seed: seed)
        var networkGenerator = SeededGenerator(seed: seed ^ 0x6e65_7477_6f72_6b73)
        networkRegistry = NetworkRegistry(
            defaultSubnet: HarbourNetwork.defaultSubnet, now: configuration.now(),
            identifier: { networkGenerator.identifier() })
        self.networkGenerator = networkGenerator
        execGenerator = SeededGenerator(seed: seed ^ 0x6578_6563)
        do throws(Errno) {
            pump = try OutputPump()
        } catch {
            throw .system(stage: "epoll_create", errno: error.code, path: nil)
        }
        try harbour.removeAtEnd(runDirectory.path)
        for name in ["sandboxes", "logs"] { try Self.makeDirectory("\(runDirectory.path)/\(name)") }
    }

    /// Has a file or directory removed when this process has gone, however it went: what belongs to the engine's user but
    /// must not outlive the engine.
    /// - Parameter path: absolute.
    public nonisolated func removeAtEnd(_ path: String) throws(RuntimeError) { try harbour.removeAtEnd(path) }

    /// Calls `body`, on a thread of its own, if everything that runs here dies before `shutdown`: its first process was
    /// killed.
    public nonisolated func whenHarbourDies(_ body: @escaping @Sendable () -> Void) { harbour.whenItDies(body) }

    /// Ends everything: containers are killed, their layers removed. The data directory stays.
    public func shutdown() async {
        for record in containersByID.values {
            try? record.process?.signal(SIGKILL)
            record.inputs.forEach { $0.stop() }
        }
        for sandbox in sandboxesByID.values { await plumber.detach(sandbox: sandbox.status.id) }
        await sweep?.value
        harbour.end()
        await harbour.waitForEnd()
        // It is gone already, unless the zygote was killed.
        ownDirectory.remove()
        pump.stop()
        broadcaster.finish()
    }

    // MARK: Images

    public func images() async throws(RuntimeError) -> [ImageSummary] {
        if harbour.hasEnded { throw .unavailable(reason: "the container engine has been shut down") }
        return try await images_.images()
    }

    public func resolveImage(_ reference: String) async throws(RuntimeError) -> ImageSummary {
        try await image(reference, .missing)
    }

    public func offeredImages() async -> [String] {
        await images_.offered()
    }

    // MARK: Events

    public func events() async -> AsyncStream<ContainerEvent> {
        broadcaster.listen()
    }

    func announce(
        _ kind: ContainerEvent.Kind, _ record: ContainerRecord, exit: ExitStatus? = nil, command: [String]? = nil,
        signal: Int32? = nil, detail: String? = nil
    ) {
        broadcaster.send(
            ContainerEvent(
                kind: kind, containerID: record.id, sandboxID: record.status.sandboxID, exit: exit, command: command,
                signal: signal, detail: detail,
                status: record.status, time: configuration.now()))
    }

    // MARK: Directories

    /// Makes a directory for one engine below `parent`, which nobody else can enter but the harbour's root.
    static func makeDirectory(_ path: String) throws(RuntimeError) {
        if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw .system(stage: "mkdir", errno: errno, path: path)
        }
        try makeDirectory(String(path[..<slash]))
        if mkdir(path, 0o755) != 0, errno != EEXIST { throw .system(stage: "mkdir", errno: errno, path: path) }
    }

    /// Gives a file to the harbour's root, so that a container's root may change it.
    func own(_ path: String) {
        if harbour.rootID != geteuid() { chown(path, harbour.rootID, harbour.rootID) }
    }

    /// A path of this machine's as the harbour sees it.
    nonisolated func harbourPath(_ path: String) -> String {
        for (outside, inside) in [(configuration.dataDirectory, "/data"), (runDirectory, "/run")]
        where path.hasPrefix(outside + "/") {
            return inside + path.dropFirst(outside.count)
        }
        return "/host" + path
    }

    /// Where a container's upper layer is, as the harbour sees it: in memory, but on the disk if its memory is limited
    /// and the size of the layer is not, so that its files do not count as its memory.
    static func layerPath(_ id: String, _ configuration: ContainerConfiguration) -> String {
        configuration.layerDirectory
            ?? (configuration.resources.memory == nil || configuration.layerSize != nil ? "/layers/" : "/run/layers/")
            + id
    }
}
