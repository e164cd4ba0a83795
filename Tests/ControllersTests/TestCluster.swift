import APIServer
import ControllerRuntime
import Controllers
import Documents
import KubernetesAPI
import ObjectStore
import Scheduler

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

    private static let watched: [APIResource] = [
        .pods, .nodes, .leases, .services, .endpointSlices, .replicaSets, .deployments, .namespaces, .configMaps,
    ]

    private init(nodeCount: Int, timing: ControllerTiming) async throws {
        let clock = clock
        let server = APIServer(store: ObjectStore(), clock: { clock.timestamp }, seed: 1)
        try server.bootstrap()
        client = server.client(user: "test")
        informers = InformerFactory(client: client, clock: clock)
        controllers = Controllers(informers: informers, timing: timing, failures: failures)
        scheduler = Scheduler(informers: informers, failures: failures)
        nodes = TestNodes(informers: informers)
        for number in 0..<nodeCount { try await nodes.register("node-\(number + 1)") }
    }

    static func run(
        nodes: Int = 3, timing: ControllerTiming = ControllerTiming(),
        _ body: @Sendable (TestCluster) async throws -> Void
    ) async throws {
        let cluster = try await TestCluster(nodeCount: nodes, timing: timing)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await cluster.informers.run() }
            group.addTask { await cluster.controllers.run() }
            group.addTask { await cluster.scheduler.run() }
            group.addTask { await cluster.nodes.run() }
            await cluster.settle()
            try await body(cluster)
            group.cancelAll()
        }
    }

    /// Returns when every cache shows what the server has and nobody has anything to do. Retries that are due within
    /// half a second are let happen, since they are part of the same movement.
    func settle() async {
        await informers.waitForSync()
        while true {
            let revision = await self.revision()
            if await isQuiet(), await self.revision() == revision, await isQuiet() {
                guard let next = clock.nextDeadline, next - clock.now < .milliseconds(500) else { return }
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

    private func revision() async -> String {
        (try? await client.list(.pods))?.resourceVersion ?? ""
    }

    private func isQuiet() async -> Bool {
        guard controllers.isIdle, scheduler.isIdle, nodes.isIdle else { return false }
        for resource in Self.watched {
            guard let live = try? await client.list(resource).items else { return false }
            let cached = informers.informer(resource).lister.list()
            guard cached.map(\.resourceVersion).sorted() == live.map(\.resourceVersion).sorted() else { return false }
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
