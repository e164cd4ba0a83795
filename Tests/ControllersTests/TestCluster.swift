import APIServer
import ControllerRuntime
import Controllers
import Documents
import KubernetesAPI
import ObjectStore
import Scheduler
import Synchronization
import Testing

/// Tests that start a cluster run one after the other: `settle` watches closely, and two of them would slow each other.
@Suite(.serialized) struct ClusterTests {}

/// The real API server, controllers and scheduler on a clock that stands still, with nodes that only pretend to run
/// Pods. Nothing waits for time: `settle` lets everything happen that can happen now.
final class TestCluster: Sendable {
    let clock = ManualClock(epoch: testEpoch)
    let client: any KubernetesClient
    let nodes: TestNodes
    private let informers: InformerFactory
    private let controllers: Controllers
    private let scheduler: Scheduler
    private let failures = FailureLog()
    private let running = Mutex<Task<Void, Never>?>(nil)

    private static let watched: [APIResource] = [
        .pods, .nodes, .leases, .services, .endpointSlices, .replicaSets, .deployments, .namespaces, .configMaps,
    ]

    private init(nodeCount: Int, timing: ControllerTiming) async throws {
        let clock = clock
        let server = APIServer(
            store: ObjectStore(), clock: { clock.timestamp }, seed: 1,
            tolerationOfLostNode: timing.defaultTolerationOfLostNode)
        try server.bootstrap()
        client = server.client(user: "test")
        informers = InformerFactory(client: client, clock: clock)
        controllers = Controllers(informers: informers, timing: timing, failures: failures)
        scheduler = Scheduler(informers: informers, failures: failures)
        nodes = TestNodes(informers: informers)
        for number in 0..<nodeCount { try await nodes.register("node-\(number + 1)") }
    }

    /// A cluster that runs until the last reference to it goes.
    ///
    /// It is not handed to a closure on purpose: inside closures, Swift 6.3 confuses the closures in arguments of
    /// `#expect` and `#require` with others of the same type.
    static func start(nodes: Int = 3, timing: ControllerTiming = ControllerTiming()) async throws -> TestCluster {
        let cluster = try await TestCluster(nodeCount: nodes, timing: timing)
        let (informers, controllers, scheduler, nodes) = (
            cluster.informers, cluster.controllers, cluster.scheduler, cluster.nodes
        )
        let task = Task {
            await withDiscardingTaskGroup { group in
                group.addTask { await informers.run() }
                group.addTask { await controllers.run() }
                group.addTask { await scheduler.run() }
                group.addTask { await nodes.run() }
            }
        }
        cluster.running.withLock { $0 = task }
        await cluster.settle()
        return cluster
    }

    deinit {
        running.withLock { $0?.cancel() }
    }

    func settle() async {
        await informers.waitForSync()
        let horizon = clock.now + .milliseconds(500)
        while true {
            let revision = await self.revision()
            if await isQuiet(), await self.revision() == revision, await isQuiet() {
                guard let next = clock.nextDeadline, next < horizon else { return }
                clock.advance(by: next - clock.now)
            }
            await Task.yield()
        }
    }

    /// Lets time pass a second at a time, with heartbeats of the living nodes.
    func pass(seconds: Int) async throws {
        for _ in 0..<seconds {
            clock.advance(by: .seconds(1))
            try await nodes.heartbeat()
            await settle()
        }
    }

    var failureMessages: [String] { failures.failures.map { "\($0.controller) \($0.key): \($0.error)" } }

    /// The revision is the whole store's, so that any list tells it.
    private func revision() async -> String {
        (try? await client.list(.namespaces))?.resourceVersion ?? ""
    }

    private func isQuiet() async -> Bool {
        guard controllers.isIdle, scheduler.isIdle, nodes.isIdle else { return false }
        for resource in Self.watched {
            guard let live = try? await client.list(resource).items else { return false }
            let informer = informers.informer(resource)
            let cached = informer.lister.list()
            guard cached.map(\.resourceVersion).sorted() == live.map(\.resourceVersion).sorted() else { return false }
            informer.waitForDelivery()
        }
        return controllers.isIdle && scheduler.isIdle && nodes.isIdle
    }
}

// MARK: - Reading and changing

extension TestCluster {
    func pods(_ labels: [String: String] = [:]) async throws -> [KubernetesObject] {
        try await client.list(
            .pods, namespace: "default", ListOptions(labelSelector: LabelSelector(matchLabels: labels))
        ).items
    }

    /// What there is, for the message of a failed expectation.
    func summary() async throws -> String {
        var lines = ["now \(clock.now), next \(clock.nextDeadline ?? .zero), failures \(failureMessages)"]
        for node in try await client.list(.nodes).items {
            lines.append("\(node.name) \(node.conditionDocument("Ready")?.jsonText ?? "") \(node.spec.jsonText)")
        }
        for pod in try await client.list(.pods).items {
            let view = PodView(pod)
            lines.append(
                "\(pod.name) on \(view.nodeName) ready \(view.isReady) deleted \(pod.deletionTimestamp ?? "-")")
        }
        for set in try await replicaSets() { lines.append("\(set.name) \(set.status.jsonText)") }
        for event in try await client.list(.events).items {
            lines.append("\(event.document["firstTimestamp"]?.string ?? "") \(event.document["message"]?.string ?? "")")
        }
        return lines.joined(separator: "\n")
    }

    func deployment(_ name: String = "web") async throws -> KubernetesObject {
        try await client.get(.deployments, namespace: "default", name: name)
    }

    func replicaSets() async throws -> [KubernetesObject] {
        try await client.list(.replicaSets, namespace: "default").items
    }

    func patch(_ resource: APIResource, _ name: String, namespace: String? = "default", _ change: JSONValue)
        async throws
    {
        _ = try await client.patch(
            resource, namespace: resource.isNamespaced ? namespace : nil, name: name, .strategic(change),
            subresource: nil, WriteOptions())
    }

    func setImage(_ image: String, of deployment: String = "web") async throws {
        try await patch(
            .deployments, deployment,
            ["spec": ["template": ["spec": ["containers": [["name": "main", "image": .string(image)]]]]]])
    }

    func delete(
        _ resource: APIResource, _ name: String, _ propagation: DeleteOptions.Propagation = .background
    ) async throws {
        _ = try await client.delete(
            resource, namespace: resource.isNamespaced ? "default" : nil, name: name,
            DeleteOptions(propagation: propagation))
    }

    /// `Reason: message` of the events about an object, oldest first.
    func events(about name: String) async throws -> [String] {
        try await client.list(.events).items
            .filter { $0.document.at("involvedObject", "name")?.string == name }
            .sorted { (Int($0.resourceVersion) ?? 0) < (Int($1.resourceVersion) ?? 0) }
            .map { "\($0.document["reason"]?.string ?? ""): \($0.document["message"]?.string ?? "")" }
    }
}
