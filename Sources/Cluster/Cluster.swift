public import APIServer
import ClusterDNS
public import ContainerRuntime
public import ControllerRuntime
import Controllers
import DNS
import Documents
import Kubelet
public import KubernetesAPI
import ObjectStore
import Scheduler
import Synchronization

/// A whole Kubernetes cluster in this process: API server over its store, controllers, scheduler, one kubelet a node,
/// service proxy and DNS, over a container runtime that is given.
///
/// Everything runs in one tree of tasks between `start` and `stop`, except the kubelets, which can be stopped and
/// started node by node.
public final class Cluster: Sendable {
    public let configuration: ClusterConfiguration
    public let server: APIServer
    public let runtime: any ContainerRuntime
    /// Failed reconciles of all controllers, for diagnosis.
    public let failures = FailureLog()

    private struct State {
        var tree: Task<Void, Never>?
        var dns: DNSServer?
        var networkFailure: RuntimeError?
    }

    private let informers: InformerFactory
    private let controllers: Controllers
    private let scheduler: Scheduler
    private let proxy: Controller
    private let zone: ClusterZone
    private let kubelets: [(name: String, kubelet: Kubelet)]
    private let state = Mutex(State())
    private let networkSettled = Latch()

    /// Puts the parts together; nothing runs before `start`.
    public init(configuration: ClusterConfiguration = ClusterConfiguration(), runtime: any ContainerRuntime) {
        self.configuration = configuration
        self.runtime = runtime
        let clock = configuration.clock
        let store = ObjectStore(
            historyLimit: configuration.historyLimit, now: { clock.timestamp.sinceEpoch })
        server = APIServer(
            store: store, clock: { clock.timestamp }, seed: configuration.seed,
            tolerationOfLostNode: configuration.controllerTiming.defaultTolerationOfLostNode)
        let informers = InformerFactory(client: server.client(user: "system:kube-controller-manager"), clock: clock)
        self.informers = informers
        controllers = Controllers(informers: informers, timing: configuration.controllerTiming, failures: failures)
        var scheduling = SchedulerConfiguration()
        scheduling.seed = configuration.seed
        scheduler = Scheduler(informers: informers, configuration: scheduling, failures: failures)
        proxy = ServiceProxy.controller(
            network: runtime.network, informers: informers, reserved: [ClusterConfiguration.dnsAddress],
            failures: failures)
        zone = ClusterZone(records: InformedRecords(informers: informers))
        let machine = MachineFacts.read()
        let server = server
        kubelets = configuration.nodeNames.enumerated().map { index, name in
            let client = server.client(user: "system:node:\(name)").caused(by: "kubelet/\(name)")
            return (
                name,
                Kubelet(
                    configuration: configuration.kubelet(index + 1, machine: machine), client: client,
                    runtime: runtime, informers: informers, clock: clock)
            )
        }
        server.connect(NodeStreams(kubelets: Dictionary(kubelets, uniquingKeysWith: { $1 })))
    }

    /// The API as `user` may use it.
    public func client(user: String = "kubernetes-admin") -> any KubernetesClient { server.client(user: user) }

    public var nodeNames: [String] { kubelets.map(\.name) }

    /// What hinders service addresses and names, if something does; Pods run all the same.
    public var networkFailure: RuntimeError? { state.withLock { $0.networkFailure } }

    // MARK: Starting and stopping

    /// Returns when every node is registered and ready; the rest goes on in the background. To be called once.
    public func start() async throws(ClusterError) {
        do throws(Status) {
            try server.bootstrap()
            try await createDNSService()
        } catch {
            throw .refused(error)
        }
        let tree = Task { [informers, controllers, scheduler, proxy] in
            await withDiscardingTaskGroup { group in
                group.addTask { await informers.run() }
                group.addTask { await controllers.run() }
                group.addTask { await scheduler.run() }
                group.addTask { await proxy.run() }
                group.addTask { await self.startNetwork() }
            }
        }
        state.withLock { $0.tree = tree }
        do {
            try await withThrowingDiscardingTaskGroup { group in
                for (_, kubelet) in kubelets { group.addTask { try await kubelet.start() } }
            }
        } catch let status as Status {
            throw .refused(status)
        } catch {
            throw .refused(Status(.internalError, "\(error)"))
        }
    }

    /// Returns when every informer is in step and the network's part has been settled, well or not (`networkFailure`).
    public func waitUntilReady() async {
        await informers.waitForSync()
        await networkSettled.opened()
    }

    /// Ends everything and removes the Pods' sandboxes. The API's state stays readable.
    public func stop() async {
        let (tree, dns) = state.withLock { state in
            defer {
                state.tree = nil
                state.dns = nil
            }
            return (state.tree, state.dns)
        }
        tree?.cancel()
        await tree?.value
        await withDiscardingTaskGroup { group in
            for (_, kubelet) in kubelets { group.addTask { await kubelet.stop() } }
        }
        await dns?.stop()
        let names = Set(nodeNames)
        let left = await runtime.sandboxes().filter { names.contains($0.labels["kijabi.node"] ?? "") }
        await withDiscardingTaskGroup { group in
            for sandbox in left { group.addTask { [runtime] in try? await runtime.removeSandbox(sandbox.id) } }
        }
    }

    /// Ends everything at once; the API answers no more. Containers end with the engine.
    public func shutdown() async {
        server.stop()
        let (tree, dns) = state.withLock { ($0.tree, $0.dns) }
        tree?.cancel()
        await withDiscardingTaskGroup { group in
            for (_, kubelet) in kubelets { group.addTask { await kubelet.detach() } }
        }
        await tree?.value
        await dns?.stop()
    }

    // MARK: Nodes

    /// A node goes down, as if its power had failed: its containers die and its kubelet is silent.
    public func stopNode(_ name: String) async throws(ClusterError) {
        await (try kubelet(name)).stop()
    }

    /// A node comes up again.
    public func startNode(_ name: String) async throws(ClusterError) {
        let kubelet = try kubelet(name)
        do throws(Status) {
            try await kubelet.start()
        } catch {
            throw .refused(error)
        }
    }

    public func isNodeRunning(_ name: String) async throws(ClusterError) -> Bool {
        await (try kubelet(name)).isRunning
    }

    private func kubelet(_ name: String) throws(ClusterError) -> Kubelet {
        guard let found = kubelets.first(where: { $0.name == name }) else {
            throw .noSuchNode(name, known: nodeNames)
        }
        return found.kubelet
    }

    // MARK: Network

    private func startNetwork() async {
        // Pods on the host's network, and node ports, are reached by the address of their node.
        for (_, kubelet) in kubelets {
            do throws(RuntimeError) {
                try await runtime.network.addAddress(kubelet.configuration.internalIP)
            } catch {
                state.withLock { $0.networkFailure = error }
            }
        }
        let resolvers = configuration.forwardsDNS ? HostResolver.addresses() : []
        let dns = DNSServer(zone: zone, resolvers: resolvers)
        do throws(RuntimeError) {
            try await dns.start(network: runtime.network, address: ClusterConfiguration.dnsAddress)
            let isLate = state.withLock { state in
                guard state.tree != nil else { return true }
                state.dns = dns
                return false
            }
            if isLate { return await dns.stop() }
            // Containers that are no Pods may ask too; answers come back by UDP alone, as those of other resolvers do.
            try await runtime.network.delegate(
                domains: ClusterConfiguration.dnsDomains, to: ClusterConfiguration.dnsAddress)
        } catch {
            state.withLock { $0.networkFailure = error }
        }
        networkSettled.open()
    }

    /// The resolver's Service, so that it can be seen; the address itself is served in process.
    private func createDNSService() async throws(Status) {
        var service = KubernetesObject(.services, namespace: "kube-system", name: "kube-dns")
        service.labels = ["k8s-app": "kube-dns", "kubernetes.io/name": "CoreDNS"]
        service.annotations = ["kijabi.dev/served-by": "the kijabi process itself"]
        service.spec = [
            "clusterIP": .string(ClusterConfiguration.dnsAddress),
            "ports": [
                ["name": "dns", "port": 53, "protocol": "UDP"], ["name": "dns-tcp", "port": 53, "protocol": "TCP"],
            ],
        ]
        do throws(Status) {
            _ = try await server.client(user: "system:kube-controller-manager").caused(by: "bootstrap")
                .create(.services, service)
        } catch {
            guard error.reason == .alreadyExists else { throw error }
        }
    }
}
