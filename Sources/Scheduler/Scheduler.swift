public import ControllerRuntime
import Documents
import KubernetesAPI

/// Gives every Pod without a node one (kube-scheduler).
///
/// Pods are looked at one after the other. The one write is the binding; a Pod that has been bound counts at once for
/// the next, before the watch tells of it.
public struct Scheduler: Sendable {
    static let name = "default-scheduler"

    private let controller: Controller
    private let events: EventRecorder

    /// Registers what it needs with `informers`; nothing runs before `run`.
    public init(
        informers: InformerFactory, configuration: SchedulerConfiguration = SchedulerConfiguration(),
        failures: FailureLog? = nil
    ) {
        let clock = informers.clock
        let queue = WorkQueue<ObjectKey>(clock: clock)
        let pods = informers.informer(.pods)
        let nodes = informers.informer(.nodes)
        let services = informers.informer(.services)
        let routes = SchedulerRoutes(
            cache: SchedulerCache(), queue: queue,
            unschedulable: UnschedulablePods(queue: queue, clock: clock, backoff: configuration.backoff),
            schedulerName: configuration.schedulerName)
        nodes.addHandler { routes.handle(node: $0) }
        pods.addHandler { routes.handle(pod: $0) }
        let client = informers.client.caused(by: Self.name)
        events = EventRecorder(client: client, clock: clock, component: Self.name)
        controller = Controller(
            Self.name, queue: queue, informers: [pods, nodes, services], workers: 1, failures: failures,
            reconciler: SchedulerReconciler(
                client: client, events: events, pods: pods.lister, services: services.lister, routes: routes,
                clock: clock, seed: configuration.seed))
    }

    /// Schedules until the task is cancelled.
    public func run() async {
        await withDiscardingTaskGroup { [controller, events] group in
            group.addTask { await events.run() }
            group.addTask { await controller.run() }
        }
    }

    /// Nothing waits to be looked at; Pods without a place may wait for a change.
    public var isIdle: Bool { controller.queue.isIdle && events.isIdle }
}
