import ContainerRuntime
import ControllerRuntime
import KubernetesAPI
import Synchronization

/// Keeps the packet filter of the Pods' network in step with Services and EndpointSlices (kube-proxy's role).
///
/// All services are one key: changes that come while a table is being written are written together next.
final class ServiceProxy: Reconciler {
    private let network: any PodNetwork
    private let services: Lister
    private let slices: Lister
    private let table: ServiceTable
    private let written = Mutex<[VirtualService]?>(nil)

    private init(network: any PodNetwork, services: Lister, slices: Lister, reserved: Set<String>) {
        self.network = network
        self.services = services
        self.slices = slices
        table = ServiceTable(reserved: reserved)
    }

    /// - Parameter reserved: cluster addresses that are served in process.
    static func controller(
        network: any PodNetwork, informers: InformerFactory, reserved: Set<String>, failures: FailureLog
    ) -> Controller {
        let queue = WorkQueue<ObjectKey>(clock: informers.clock)
        let services = informers.informer(.services)
        let slices = informers.informer(.endpointSlices)
        let everything = ObjectKey(name: "services")
        services.addHandler { _ in queue.add(everything) }
        slices.addHandler { _ in queue.add(everything) }
        return Controller(
            "service-proxy", queue: queue, informers: [services, slices], workers: 1, failures: failures,
            reconciler: ServiceProxy(
                network: network, services: services.lister, slices: slices.lister, reserved: reserved))
    }

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        let wanted = table.make(services: services.list(), slices: slices.list())
        guard written.withLock({ $0 }) != wanted else { return .done }
        try await network.setServices(wanted)
        written.withLock { $0 = wanted }
        return .done
    }
}
