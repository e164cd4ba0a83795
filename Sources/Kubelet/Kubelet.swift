public import ContainerRuntime
public import ControllerRuntime
public import KubernetesAPI

/// What kubelets of a cluster have in common, and what one is.
public struct KubeletConfiguration: Sendable {
    public var nodeName: String
    /// CIDR of the addresses of its Pods, e.g. `10.244.1.0/24`.
    public var podSubnet: String
    public var internalIP: String
    /// The resolver that Pods are given.
    public var clusterDNS: String
    /// How many nodes share this machine, this one included.
    public var nodesOnMachine: Int
    public var machine: MachineFacts
    public var timing: KubeletTiming

    public init(
        nodeName: String, podSubnet: String, internalIP: String, clusterDNS: String = "10.96.0.10",
        nodesOnMachine: Int = 1, machine: MachineFacts = .read(), timing: KubeletTiming = KubeletTiming()
    ) {
        self.nodeName = nodeName
        self.podSubnet = podSubnet
        self.internalIP = internalIP
        self.clusterDNS = clusterDNS
        self.nodesOnMachine = nodesOnMachine
        self.machine = machine
        self.timing = timing
    }
}

/// The agent of a node: registers it, keeps it alive in the eyes of the cluster, and runs the Pods that are bound to it
/// as real containers.
///
/// It knows the API and the container runtime, nothing else; several kubelets share one runtime and tell their sandboxes
/// apart by the label `kijabi.node`.
public actor Kubelet {
    public nonisolated let configuration: KubeletConfiguration
    let client: any KubernetesClient
    let runtime: any ContainerRuntime
    private let informers: InformerFactory
    private let clock: any ControllerClock
    private var session: (registry: PodRegistry, task: Task<Void, Never>)?

    /// - Parameters:
    ///   - client: writes of the kubelet carry whatever cause it has been given (`caused(by:)`).
    ///   - informers: shared with others; must be running while the kubelet does. Services and ConfigMaps are read.
    public init(
        configuration: KubeletConfiguration, client: any KubernetesClient, runtime: any ContainerRuntime,
        informers: InformerFactory, clock: any ControllerClock
    ) {
        self.configuration = configuration
        self.client = client
        self.runtime = runtime
        self.informers = informers
        self.clock = clock
    }

    public var isRunning: Bool { session != nil }

    /// Registers the node as ready and goes to work. Sandboxes that an earlier run left are adopted if their Pods still
    /// want them and removed otherwise.
    /// - Throws: where the API refuses the node.
    public func start() async throws(Status) {
        guard session == nil else { return }
        let configuration = self.configuration
        let identity = NodeIdentity(
            name: configuration.nodeName, podSubnet: configuration.podSubnet, internalIP: configuration.internalIP,
            clusterDNS: configuration.clusterDNS)
        let heartbeat = NodeHeartbeat(
            document: NodeDocument(
                identity: identity, machine: configuration.machine, sharedBy: configuration.nodesOnMachine),
            client: client, clock: clock, timing: configuration.timing)
        let registry = PodRegistry()
        // In place before the first wait, so that a second call finds it.
        let gate = Latch()
        session = (registry, Task { await gate.opened() })
        let node: KubernetesObject
        do throws(Status) {
            node = try await heartbeat.register()
        } catch {
            session = nil
            throw error
        }
        let events = EventRecorder(client: client, clock: clock, component: "kubelet", host: identity.name)
        events.normal(node, "Starting", "Starting kubelet.")
        events.normal(node, "NodeReady", "Node \(identity.name) status is now: NodeReady")
        let services = informers.informer(.services)
        let configMaps = informers.informer(.configMaps)
        let context = PodWorkerContext(
            node: identity, machine: configuration.machine, client: client, runtime: runtime,
            timing: configuration.timing, clock: clock, events: events,
            handlers: HandlerRunner(runtime: runtime, sockets: SocketWatch(), clock: clock),
            services: services.lister, configMaps: configMaps.lister,
            own: { [weak registry] in registry?.own($0, $1) },
            finished: { [weak registry] in registry?.finished($0, $1) })
        let pods = Informer(
            .pods, client: client,
            options: ListOptions(fieldSelector: .equals("spec.nodeName", identity.name)), clock: clock)
        // Asked for before any container starts, so that no end of one is missed.
        let runtimeEvents = await runtime.events()
        let run = NodeRun(
            context: context, registry: registry, heartbeat: heartbeat, pods: pods, references: [services, configMaps],
            runtimeEvents: runtimeEvents)
        configMaps.addHandler { [weak registry] in registry?.configMapChanged($0.object.key) }
        session = (registry, Task { await run.run() })
        gate.open()
    }

    /// The node goes down: nothing is reported any more, and what ran on it is killed. Pods stay in the API as they were
    /// last seen. Returns when nothing runs any more.
    public func stop() async {
        guard session != nil else { return }
        await detach()
        let own = await runtime.sandboxes().filter { $0.labels[RuntimeLabel.node] == configuration.nodeName }
        await withDiscardingTaskGroup { group in
            for sandbox in own where sandbox.isReady {
                group.addTask { [runtime] in try? await runtime.stopSandbox(sandbox.id) }
            }
        }
    }

    /// The kubelet ends and nothing else does: what runs is there for the next one to adopt, or ends with the engine.
    public func detach() async {
        guard let session else { return }
        session.task.cancel()
        await session.task.value
        self.session = nil
    }

    /// The worker of a Pod, if the kubelet runs and has one.
    func worker(of uid: String) -> PodWorker? { session?.registry.worker(uid) }
}
