import ControllerRuntime
import Documents
import KubernetesAPI
import Synchronization

/// Nodes that accept every Pod: it gets an address and runs at once, is ready unless told otherwise, and ends at once
/// when it is deleted.
final class TestNodes: Sendable {
    private struct State {
        var alive: Set<String> = []
        var unreadyImages: Set<String> = []
        var nextAddress = 1
        var renewals = 0
    }

    private let state = Mutex(State())
    private let client: any KubernetesClient
    private let informers: InformerFactory
    private let controller: Controller
    private let queue: WorkQueue<ObjectKey>

    init(informers: InformerFactory) {
        client = informers.client.caused(by: "kubelet")
        self.informers = informers
        let pods = informers.informer(.pods)
        let queue = WorkQueue<ObjectKey>(clock: informers.clock)
        self.queue = queue
        pods.addHandler { queue.add($0.object.key) }
        let relay = Relay()
        controller = Controller("kubelet", queue: queue, informers: [pods], workers: 1, reconciler: relay)
        relay.nodes.withLock { $0 = self }
    }

    /// Breaks the circle between the controller and the nodes it is part of.
    private final class Relay: Reconciler {
        let nodes = Mutex<TestNodes?>(nil)
        func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
            try await nodes.withLock { $0 }?.sync(key)
            return .done
        }
    }

    var isIdle: Bool { queue.isIdle }

    func run() async { await controller.run() }

    func register(_ name: String, cpu: String = "4", memory: String = "8Gi") async throws {
        state.withLock { _ = $0.alive.insert(name) }
        var node = KubernetesObject(.nodes, name: name)
        node.labels = ["kubernetes.io/hostname": name]
        let capacity: JSONValue = ["cpu": .string(cpu), "memory": .string(memory), "pods": "110"]
        node.status = ["capacity": capacity, "allocatable": capacity]
        node.setCondition(Condition("Ready", .yes, reason: "KubeletReady"), now: informers.clock.timestamp)
        let created = try await client.create(.nodes, node)
        node.resourceVersion = created.resourceVersion
        _ = try await client.update(.nodes, node, subresource: .status)
        var lease = KubernetesObject(.leases, namespace: "kube-node-lease", name: name)
        lease.spec = ["holderIdentity": .string(name), "renewTime": .string(informers.clock.timestamp.microText)]
        _ = try await client.create(.leases, lease)
    }

    func stop(_ node: String) {
        state.withLock { _ = $0.alive.remove(node) }
    }

    /// Brings a node back: it says that it is ready and looks at its Pods again.
    func restart(_ name: String) async throws {
        state.withLock { _ = $0.alive.insert(name) }
        var node = try await client.get(.nodes, namespace: nil, name: name)
        node.setCondition(Condition("Ready", .yes, reason: "KubeletReady"), now: informers.clock.timestamp)
        _ = try await client.update(.nodes, node, subresource: .status)
        for pod in try await client.list(.pods).items { queue.add(pod.key) }
    }

    /// Pods with such a container never become ready.
    func setUnready(images: Set<String>) async throws {
        state.withLock { $0.unreadyImages = images }
        for pod in try await client.list(.pods).items { queue.add(pod.key) }
    }

    func heartbeat() async throws {
        for name in state.withLock({ $0.alive.sorted() }) {
            guard var lease = try? await client.get(.leases, namespace: "kube-node-lease", name: name) else { continue }
            lease.spec["renewTime"] = .string(informers.clock.timestamp.microText)
            _ = try await client.update(.leases, lease)
        }
    }

    private func sync(_ key: ObjectKey) async throws {
        let pod: KubernetesObject
        do {
            pod = try await client.get(.pods, namespace: key.namespace, name: key.name)
        } catch {
            return
        }
        let node = PodView(pod).nodeName
        guard state.withLock({ $0.alive.contains(node) }) else { return }
        if pod.isBeingDeleted {
            _ = try? await client.delete(
                .pods, namespace: key.namespace, name: key.name,
                DeleteOptions(gracePeriodSeconds: 0, preconditionUID: pod.uid))
            return
        }
        if PodView(pod).isTerminated { return }
        let isReady = state.withLock { state in
            !PodView(pod).containers.contains { state.unreadyImages.contains($0["image"]?.string ?? "") }
        }
        var running = pod
        running.status["phase"] = "Running"
        if PodView(pod).address.isEmpty {
            let number = state.withLock { state in
                defer { state.nextAddress += 1 }
                return state.nextAddress
            }
            running.status["podIP"] = .string("10.244.\(number / 250).\(number % 250 + 1)")
        }
        running.setCondition(Condition("Ready", Condition.Truth(isReady)), now: informers.clock.timestamp)
        if running.status != pod.status { _ = try await client.update(.pods, running, subresource: .status) }
    }
}
