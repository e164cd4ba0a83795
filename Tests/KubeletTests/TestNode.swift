import APIServer
import ContainerRuntime
import ControllerRuntime
import Documents
import KubernetesAPI
import ObjectStore
import Testing

@testable import Kubelet

/// A real API server, one kubelet, a recording runtime, and a clock that the test turns.
struct TestNode: Sendable {
    let clock = ManualClock()
    let server: APIServer
    let client: any KubernetesClient
    let runtime = RecordingRuntime()
    let kubelet: Kubelet
    private let informers: InformerFactory

    init(timing: KubeletTiming = TestNode.timing) throws {
        let clock = clock
        server = APIServer(
            store: ObjectStore(now: { clock.timestamp.sinceEpoch }), clock: { clock.timestamp }, seed: 1)
        try server.bootstrap()
        client = server.client(user: "test")
        informers = InformerFactory(client: server.client(user: "informers"), clock: clock)
        kubelet = Kubelet(
            configuration: KubeletConfiguration(
                nodeName: "node-1", podSubnet: "10.244.1.0/24", internalIP: "10.89.0.11", timing: timing),
            client: server.client(user: "system:node:node-1").caused(by: "kubelet/node-1"), runtime: runtime,
            informers: informers, clock: clock)
    }

    static let timing = KubeletTiming(
        restart: Backoff(base: .seconds(10), limit: .seconds(300)),
        image: Backoff(base: .seconds(10), limit: .seconds(300)), probeWarmUp: .zero)

    /// Runs `body` with a node that is up, and takes everything down afterwards.
    static func run(_ body: (TestNode) async throws -> Void) async throws {
        let node = try TestNode()
        let tree = Task { await node.informers.run() }
        try await node.kubelet.start()
        do {
            try await body(node)
        } catch {
            await node.kubelet.stop()
            tree.cancel()
            throw error
        }
        await node.kubelet.stop()
        tree.cancel()
        await tree.value
    }

    @discardableResult
    func createPod(_ spec: JSONValue = [:], container: JSONValue = [:], name: String = "web") async throws
        -> KubernetesObject
    {
        var pod = KubernetesObject(.pods, namespace: "default", name: name)
        var main: JSONValue = ["name": "main", "image": "busybox"]
        for (key, value) in container.object ?? [:] { main[key] = value }
        pod.spec = ["containers": [main], "nodeName": "node-1"]
        for (key, value) in spec.object ?? [:] { pod.spec[key] = value }
        return try await client.create(.pods, pod)
    }

    func pod(_ name: String = "web") async throws -> KubernetesObject {
        try await client.get(.pods, namespace: "default", name: name)
    }

    func events(_ reason: String) async throws -> [String] {
        try await client.list(.events, namespace: "default").items.filter { $0.document["reason"]?.string == reason }
            .compactMap { $0.document["message"]?.string }
    }

    /// Waits, in real time, until `condition` holds; the node's own clock stands still meanwhile.
    func eventually(
        _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
    ) async throws {
        let limit = ContinuousClock.now + .seconds(10)
        while try await !condition() {
            guard ContinuousClock.now < limit else {
                Issue.record(what, sourceLocation: sourceLocation)
                throw Timeout()
            }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    struct Timeout: Error {}

    func podBecomes(
        _ what: Comment, _ name: String = "web", sourceLocation: SourceLocation = #_sourceLocation,
        _ condition: (KubernetesObject) -> Bool
    ) async throws {
        try await eventually(what, sourceLocation: sourceLocation) { condition(try await pod(name)) }
    }

    /// Waits until the kubelet waits for the clock (at least `count` alarms), then turns it.
    func advance(_ span: Duration, alarms count: Int) async throws {
        try await eventually("nobody waits for the clock") { clock.pendingCount >= count }
        clock.advance(by: span)
    }
}

extension KubernetesObject {
    var main: JSONValue { document.at("status", "containerStatuses")?.array?.first ?? [:] }
    var waitingReason: String? { main.at("state", "waiting", "reason")?.string }
}

extension TestNode {
    /// Another kubelet for the same node over the same runtime.
    static func secondKubelet(of node: TestNode) throws -> Kubelet {
        Kubelet(
            configuration: node.kubelet.configuration, client: node.server.client(user: "system:node:node-1"),
            runtime: node.runtime, informers: node.informers, clock: node.clock)
    }
}
