/// What the kubelet, the docker commands and the lessons ask of a container engine: the shape of the Container Runtime
/// Interface (kubernetes/cri-api `runtime/v1`), in process. Whoever calls it never knows how containers are made.
///
/// Every call is safe from any task. Nothing here blocks a thread of the cooperative pool.
public protocol ContainerRuntime: Sendable {
    // MARK: Images

    /// All images in the store, newest first.
    func images() async throws(RuntimeError) -> [ImageSummary]
    /// The image that `reference` names (`busybox`, `busybox:latest`, an id or a unique prefix of one); assembles it
    /// where a recipe for it exists and it is missing.
    /// - Throws: `.noSuchImage`.
    func resolveImage(_ reference: String) async throws(RuntimeError) -> ImageSummary

    /// The references that `resolveImage` can make here without a network, present or not: what to suggest when an
    /// image does not exist.
    func offeredImages() async -> [String]

    // MARK: Sandboxes (pods)

    /// Makes a sandbox: the namespaces that the containers of one pod share.
    func runSandbox(_ configuration: SandboxConfiguration) async throws(RuntimeError) -> SandboxStatus
    /// Kills what still runs in it and releases its network. Idempotent.
    func stopSandbox(_ id: String) async throws(RuntimeError)
    /// Removes it and its containers. Idempotent.
    func removeSandbox(_ id: String) async throws(RuntimeError)
    func sandboxes() async -> [SandboxStatus]

    // MARK: Containers

    /// Prepares a container; nothing runs yet.
    /// - Returns: its 64-digit hexadecimal id.
    /// - Throws: `.noSuchImage`, `.nameInUse`, `.noSuchSandbox`, `.invalid`.
    func createContainer(_ configuration: ContainerConfiguration) async throws(RuntimeError) -> String
    /// Starts a created or exited container. Returns when the program has been executed (or could not be:
    /// `.commandNotFound` is exit status 127, `.commandNotExecutable` is 126).
    func startContainer(_ id: String) async throws(RuntimeError)
    /// Sends the stop signal, then SIGKILL after `grace`. Returns when the container has exited. Idempotent.
    func stopContainer(_ id: String, grace: Duration) async throws(RuntimeError)
    /// Sends `signal` to the container's first process.
    func signalContainer(_ id: String, signal: Int32) async throws(RuntimeError)
    /// Removes an exited or created container; a running one only with `force`.
    func removeContainer(_ id: String, force: Bool) async throws(RuntimeError)
    /// The container that `idOrName` names: an id, a unique prefix of one, or a name.
    /// - Throws: `.noSuchContainer`.
    func containerStatus(_ idOrName: String) async throws(RuntimeError) -> ContainerStatus
    func containers() async -> [ContainerStatus]
    /// Waits until the container has exited; at once if it has.
    func waitContainer(_ id: String) async throws(RuntimeError) -> ExitStatus

    // MARK: Streams

    /// Joins the running (or just created) container's streams: its output is written to the given descriptors, and
    /// what is read from the input descriptor reaches it. The engine duplicates the descriptors it needs.
    /// Attach before start to miss nothing.
    func attach(_ id: String, streams: StreamDescriptors) async throws(RuntimeError) -> any StreamSession
    /// Runs a further process in a running container. Without a terminal the process gets the very descriptors.
    func exec(_ id: String, _ configuration: ExecConfiguration, streams: StreamDescriptors) async throws(RuntimeError)
        -> any StreamSession
    /// The log of the container, oldest first; ends at the end of the log, or with the container if `follow`.
    func logs(_ id: String, _ options: LogOptions) async throws(RuntimeError) -> AsyncStream<LogLine>

    // MARK: Looking inside

    /// The processes of the container, as the host sees them.
    func processes(_ id: String) async throws(RuntimeError) -> [ContainerProcess]
    /// Opens a file as the container sees it. Symbolic links cannot lead out of its root (openat2 `RESOLVE_IN_ROOT`).
    /// A named pipe is opened without waiting for its other side: poll(2) before reading it.
    /// - Returns: a descriptor that the caller closes.
    func openFile(_ id: String, path: String, flags: Int32, mode: UInt32) async throws(RuntimeError) -> Int32
    /// Removes a named volume (`Mount.Source.volume`) and what is in it. Idempotent.
    /// - Throws: `.volumeInUse` while a container that has not been removed mounts it.
    func removeVolume(_ name: String) async throws(RuntimeError)
    /// What happens to containers from now on.
    func events() async -> AsyncStream<ContainerEvent>

    /// The network of this runtime.
    var network: any PodNetwork { get }
}

extension ContainerRuntime {
    public func offeredImages() async -> [String] { [] }

    /// A runtime without a store for volumes has none to remove.
    public func removeVolume(_ name: String) async throws(RuntimeError) {}
}

/// A joined stream: the front end's hold on an attached container or an exec'ed process.
public protocol StreamSession: Sendable {
    /// Waits until the process has exited and its output has been written.
    func wait() async throws(RuntimeError) -> ExitStatus
    /// Tells the terminal its new size. No effect without a terminal.
    func resize(columns: UInt16, rows: UInt16) async
    /// Sends a signal to the process.
    func signal(_ signal: Int32) async
    /// Stops copying; the process goes on. Idempotent.
    func detach() async
    /// Why output could not be written to the front end's descriptors, as of errno(3); nil if it could, or if its reader
    /// has gone away, which is nobody's mistake.
    func writeError() async -> Int32?
}

extension StreamSession {
    /// A session whose process has the very descriptors writes nothing itself.
    public func writeError() async -> Int32? { nil }
}

/// The network in which sandboxes live: reachable from here through sockets that are made inside it.
public protocol PodNetwork: Sendable {
    /// A socket inside the network, close-on-exec. The caller owns it.
    /// - Parameters: as of socket(2).
    func socket(domain: Int32, type: Int32, protocol: Int32) async throws(RuntimeError) -> Int32
    /// A connected TCP socket to `address` (dotted IPv4) inside the network, or `.unreachable`.
    func connect(address: String, port: UInt16, timeout: Duration) async throws(RuntimeError) -> Int32
    /// Gives the network itself (the "host" that the pods see) an address, e.g. that of the cluster DNS.
    func addAddress(_ address: String) async throws(RuntimeError)
    /// Has whoever asks the network's resolvers about a name in one of `domains` be answered by the server at `address`
    /// inside the network, if it may reach the outside at all.
    func delegate(domains: [String], to address: String) async throws(RuntimeError)
    /// Replaces the whole set of virtual services in one transaction.
    func setServices(_ services: [VirtualService]) async throws(RuntimeError)
}
