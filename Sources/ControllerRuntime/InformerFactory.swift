public import KubernetesAPI
import Synchronization

/// One informer for each resource of a client, shared by everyone who asks (client-go's `SharedInformerFactory`).
public final class InformerFactory: Sendable {
    public let client: any KubernetesClient
    public let clock: any ControllerClock

    private struct State {
        var informers: [String: Informer] = [:]
        var order: [Informer] = []
    }

    private let state = Mutex(State())
    private let started: AsyncStream<Informer>
    private let start: AsyncStream<Informer>.Continuation

    public init(client: any KubernetesClient, clock: any ControllerClock) {
        self.client = client
        self.clock = clock
        (started, start) = AsyncStream.makeStream(of: Informer.self)
    }

    /// The informer of `resource` in all namespaces, made when it is first asked for, with these indexes added.
    public func informer(_ resource: APIResource, indexes: [ObjectIndex] = []) -> Informer {
        informer(resource, identity: resource.qualifiedPlural, options: ListOptions(), indexes: indexes)
    }

    /// The informer of those objects of `resource` whose field has a value, such as the Pods of one node.
    public func informer(_ resource: APIResource, field: String, equals value: String, indexes: [ObjectIndex] = [])
        -> Informer
    {
        informer(
            resource, identity: "\(resource.qualifiedPlural)?\(field)=\(value)",
            options: ListOptions(fieldSelector: .equals(field, value)), indexes: indexes)
    }

    private func informer(
        _ resource: APIResource, identity: String, options: ListOptions, indexes: [ObjectIndex]
    ) -> Informer {
        let (informer, isNew) = state.withLock { state in
            if let present = state.informers[identity] { return (present, false) }
            let made = Informer(resource, client: client, options: options, clock: clock)
            state.informers[identity] = made
            state.order.append(made)
            return (made, true)
        }
        for index in indexes { informer.add(index: index) }
        if isNew { start.yield(informer) }
        return informer
    }

    /// Runs every informer, those that are asked for later too, until the task is cancelled. To be called once.
    public func run() async {
        await withDiscardingTaskGroup { group in
            for await informer in started {
                group.addTask { await informer.run() }
            }
            group.cancelAll()
        }
    }

    /// Returns when every informer that has been asked for is in sync, or when the task is cancelled.
    public func waitForSync() async {
        for informer in state.withLock({ $0.order }) { await informer.waitForSync() }
    }
}
