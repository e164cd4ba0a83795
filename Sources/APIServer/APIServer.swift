public import KubernetesAPI
public import ObjectStore
import Synchronization

/// The Kubernetes API over an object store.
///
/// A request passes these stages, each in its file under `Pipeline`: authorization, resource resolution, decoding and field
/// validation, defaulting, admission, the strategy's preparation and validation, the store. What differs between kinds
/// is in their `Strategy`.
///
/// All calls may come from any thread. A write is a compare-and-set on the store, so nothing here is locked while a
/// request is under way.
public final class APIServer: Sendable {
    let store: ObjectStore
    let storage: Storage
    let strategies: StrategyRegistry
    let admission: Admission
    let authorizer: any Authorizer
    let naming: Naming
    let services: ServiceAllocator
    let now: @Sendable () -> Timestamp
    private let connector: Mutex<(any NodeConnector)?>
    private let stopped = Atomic(false)

    /// - Parameters:
    ///   - store: where objects are kept; it may have content already
    ///   - clock: the time of day that goes into objects and ages
    ///   - seed: names, uids and addresses follow from it
    ///   - nodeConnector: the way to the kubelets, if it is known already (see `connect`)
    ///   - authorizer: who may do what; everybody everything if none is given
    ///   - tolerationOfLostNode: how long a Pod that says nothing itself stays on a node that is not ready or not
    ///     reachable, in whole seconds (`--default-not-ready-toleration-seconds`, `--default-unreachable-toleration-seconds`)
    public init(
        store: ObjectStore, clock: @escaping @Sendable () -> Timestamp = { .now }, seed: UInt64 = 0,
        nodeConnector: (any NodeConnector)? = nil, authorizer: any Authorizer = AllowAllAuthorizer(),
        tolerationOfLostNode: Duration = .seconds(300)
    ) {
        self.store = store
        self.authorizer = authorizer
        now = clock
        storage = Storage(store: store)
        admission = Admission(storage: storage, tolerationOfLostNode: tolerationOfLostNode)
        // A store with content has given out the first names of the seed already; its revision leads to others.
        naming = Naming(seed: seed &+ UInt64(store.currentRevision))
        services = ServiceAllocator(seed: seed &+ 1)
        strategies = StrategyRegistry(services: services)
        connector = Mutex(nodeConnector)
    }

    /// Sets the way to the kubelets, who may come up after the server.
    public func connect(_ nodeConnector: any NodeConnector) {
        connector.withLock { $0 = nodeConnector }
    }

    /// Refuses every request from now on, as a server that has been shut down does.
    public func stop() {
        stopped.store(true, ordering: .releasing)
    }

    var isStopped: Bool { stopped.load(ordering: .acquiring) }

    var nodeConnector: (any NodeConnector)? { connector.withLock { $0 } }

    /// A client that acts as `user`, in process.
    public func client(user: String) -> any KubernetesClient {
        InProcessClient(server: self, user: user, cause: user)
    }
}
