import APIServer
import ControllerRuntime
import Documents
import KubernetesAPI
import ObjectStore
import Scheduler
import Testing

@Suite(.timeLimit(.minutes(1))) struct SchedulerIntegrationTests {
    /// A server with nodes and a scheduler, which runs until it is stopped.
    ///
    /// It is not handed to a closure on purpose: inside closures, Swift 6.3 confuses the closures in arguments of
    /// `#expect` and `#require` with others of the same type.
    private func start(nodes: [KubernetesObject]) async throws -> (
        client: any KubernetesClient, clock: ManualClock, running: Task<Void, Never>
    ) {
        let clock = ManualClock()
        let server = APIServer(store: ObjectStore(), clock: { clock.timestamp }, seed: 1)
        try server.bootstrap()
        let client = server.client(user: "test")
        for node in nodes { _ = try await client.create(.nodes, node) }
        let informers = InformerFactory(client: client, clock: clock)
        let scheduler = Scheduler(informers: informers)
        let running = Task {
            await withDiscardingTaskGroup { group in
                group.addTask { await informers.run() }
                group.addTask { await scheduler.run() }
            }
        }
        return (client, clock, running)
    }

    private func podWithoutUID(_ name: String, cpu: String? = nil) -> KubernetesObject {
        var pod = makePod(name, cpu: cpu)
        pod.metadata["uid"] = nil
        return pod
    }

    /// The first state of an object that meets the condition, from the watch.
    private func first(
        _ resource: APIResource, in client: any KubernetesClient, _ condition: (KubernetesObject) -> Bool
    ) async throws -> KubernetesObject {
        for try await event in try await client.watch(resource, namespace: "default", ListOptions()) {
            if let object = event.object, condition(object) { return object }
        }
        throw CancellationError()
    }

    @Test func aHundredPodsArePlacedEvenly() async throws {
        let (client, _, running) = try await start(
            nodes: ["n1", "n2", "n3"].map { makeNode($0, cpu: "64", memory: "64Gi") })
        defer { running.cancel() }
        for number in 0..<100 {
            _ = try await client.create(.pods, podWithoutUID("pod-\(number)", cpu: "100m"))
        }
        var places: [String: Int] = [:]
        var seen: Set<String> = []
        for try await event in try await client.watch(.pods, namespace: "default", ListOptions()) {
            guard let pod = event.object.map(PodView.init), !pod.nodeName.isEmpty, seen.insert(pod.name).inserted
            else { continue }
            #expect(pod.object.isConditionTrue("PodScheduled"))
            places[pod.nodeName, default: 0] += 1
            if seen.count == 100 { break }
        }
        #expect(places.count == 3 && places.values.allSatisfy { (30...37).contains($0) }, "\(places)")
    }

    @Test func aPodThatFitsNowhereSaysWhyAndIsPlacedWhenANodeComes() async throws {
        let (client, clock, running) = try await start(nodes: [makeNode("n1"), makeNode("n2")])
        defer { running.cancel() }
        _ = try await client.create(.pods, podWithoutUID("big", cpu: "3"))
        let refused = try await first(.pods, in: client) { $0.condition("PodScheduled") != nil }
        #expect(
            refused.condition("PodScheduled")
                == Condition(
                    "PodScheduled", .no, reason: "Unschedulable",
                    message: "0/2 nodes are available: 2 Insufficient cpu."))
        let event = try await first(.events, in: client) { $0.document["reason"] == "FailedScheduling" }
        #expect(event.document["message"] == "0/2 nodes are available: 2 Insufficient cpu.")
        #expect(event.document["type"] == "Warning")

        _ = try await client.create(.nodes, makeNode("n3", cpu: "4"))
        // What is left of the back-off passes.
        while clock.pendingCount == 0 { await Task.yield() }
        clock.advance(by: .seconds(1))
        let placed = try await first(.pods, in: client) { !PodView($0).nodeName.isEmpty }
        #expect(PodView(placed).nodeName == "n3")
        let told = try await first(.events, in: client) { $0.document["reason"] == "Scheduled" }
        #expect(told.document["message"] == "Successfully assigned default/big to n3")
    }

    @Test func foreignAndGatedPodsAreLeftAlone() async throws {
        let (client, _, running) = try await start(nodes: [makeNode("n1")])
        defer { running.cancel() }
        var foreign = podWithoutUID("foreign")
        foreign.spec["schedulerName"] = "mine"
        _ = try await client.create(.pods, foreign)
        var gated = podWithoutUID("gated")
        gated.spec["schedulingGates"] = [["name": "wait"]]
        _ = try await client.create(.pods, gated)
        _ = try await client.create(.pods, podWithoutUID("ours"))
        _ = try await first(.pods, in: client) { $0.name == "ours" && !PodView($0).nodeName.isEmpty }
        let waiting = try await client.list(.pods, namespace: "default").items.filter {
            PodView($0).nodeName.isEmpty
        }
        #expect(waiting.map(\.name) == ["foreign", "gated"])
    }
}
