import Documents
import KubernetesAPI
import Testing

@testable import Controllers

extension ClusterTests {
    @Suite(.timeLimit(.minutes(1))) struct NodeLifecycleTests {
        private let now = testEpoch + .seconds(100)

        private func makeNode(_ ready: Condition.Truth?, taints: [Taint] = []) -> KubernetesObject {
            var node = KubernetesObject(.nodes, name: "node-1")
            if let ready { node.setCondition(Condition("Ready", ready), now: testEpoch) }
            if !taints.isEmpty { node.spec["taints"] = .array(taints.map(\.document)) }
            return node
        }

        private func decide(_ node: KubernetesObject, silence: Int = 0) -> NodeHealthDecision {
            NodeHealthDecision.decide(
                NodeObservation(node: node, silence: .seconds(silence), gracePeriod: .seconds(4), now: now))
        }

        @Test func aNodeThatSpeaksIsLeftAlone() {
            let decision = decide(makeNode(.yes), silence: 1)
            #expect(decision == NodeHealthDecision(lookAgain: .seconds(3)))
        }

        @Test func aSilentNodeIsUnknownAndUnreachable() {
            let decision = decide(makeNode(.yes), silence: 4)
            #expect(
                decision.newStatus?.condition("Ready")
                    == Condition(
                        "Ready", .unknown, reason: "NodeStatusUnknown",
                        message: "Kubelet stopped posting node status."))
            #expect(decision.newStatus?.condition("MemoryPressure")?.reason == "NodeStatusNeverUpdated")
            #expect(decision.lostReadiness)
            #expect(decision.isUnreachable)
            #expect(
                decision.newTaints == [
                    Taint("node.kubernetes.io/unreachable", .noSchedule),
                    Taint("node.kubernetes.io/unreachable", .noExecute, timeAdded: now),
                ])
        }

        @Test func taintsFollowTheConditions() {
            let own = Taint("dedicated", value: "db", .noSchedule)
            let unreachable = Taint("node.kubernetes.io/unreachable", .noExecute, timeAdded: testEpoch)
            #expect(decide(makeNode(.yes, taints: [own, unreachable])).newTaints == [own])
            #expect(
                decide(makeNode(.no, taints: [own])).newTaints?.map(\.key)
                    == ["dedicated", "node.kubernetes.io/not-ready", "node.kubernetes.io/not-ready"])
            #expect(decide(makeNode(nil)).newTaints == [Taint("node.kubernetes.io/not-ready", .noSchedule)])
            var cordoned = makeNode(.yes)
            cordoned.spec["unschedulable"] = true
            #expect(decide(cordoned).newTaints == [Taint("node.kubernetes.io/unschedulable", .noSchedule)])
        }

        @Test func tolerationsSayHowLongAPodStays() {
            let taint = Taint("node.kubernetes.io/unreachable", .noExecute, timeAdded: now)
            func decide(_ tolerations: JSONValue, after seconds: Int) -> TaintEvictionDecision {
                var pod = makePod("a")
                pod.spec["tolerations"] = tolerations
                return TaintEvictionDecision.decide(pod: pod, taints: [taint], now: now + .seconds(seconds))
            }
            let five: JSONValue = [
                [
                    "key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute",
                    "tolerationSeconds": 5,
                ]
            ]
            #expect(decide([], after: 0) == .evict)
            #expect(decide(five, after: 2) == .stayFor(.seconds(3)))
            #expect(decide(five, after: 5) == .evict)
            #expect(decide([["operator": "Exists"]], after: 1000) == .stay)
        }

        @Test func podsOfADeadNodeAreReplacedElsewhereAndItsReturnIsNoticed() async throws {
            let cluster = try await TestCluster.start()
            _ = try await cluster.client.create(.deployments, makeDeployment())
            await cluster.settle()
            let victim = try #require(try await cluster.pods().first { PodView($0).nodeName == "node-2" })
            cluster.nodes.stop("node-2")
            try await cluster.pass(seconds: 3)
            var node = try await cluster.client.get(.nodes, namespace: nil, name: "node-2")
            #expect(node.isConditionTrue("Ready"), "not yet")

            try await cluster.pass(seconds: 1)
            node = try await cluster.client.get(.nodes, namespace: nil, name: "node-2")
            #expect(node.condition("Ready")?.status == .unknown)
            var marked = try await cluster.client.get(.pods, namespace: "default", name: victim.name)
            #expect(!PodView(marked).isReady)
            #expect(!marked.isBeingDeleted)
            #expect(try await cluster.deployment().status["availableReplicas"] == 2)

            try await cluster.pass(seconds: 5)
            marked = try await cluster.client.get(.pods, namespace: "default", name: victim.name)
            #expect(marked.isBeingDeleted, "no kubelet confirms, so it stays, terminating")
            let living = try await cluster.pods().filter { !$0.isBeingDeleted }
            let summary = try await cluster.summary()
            #expect(living.count == 3, "\(summary)")
            #expect(living.allSatisfy { PodView($0).nodeName != "node-2" && PodView($0).isReady })
            let events = try await cluster.events(about: "node-2")
            #expect(events == ["NodeNotReady: Node node-2 status is now: NodeNotReady"])

            try await cluster.nodes.restart("node-2")
            try await cluster.pass(seconds: 1)
            node = try await cluster.client.get(.nodes, namespace: nil, name: "node-2")
            #expect(node.isConditionTrue("Ready"))
            #expect(node.spec["taints"] == nil)
            #expect(try await cluster.pods().count == 3, "the one that was terminating is gone")
        }

        @Test func podsOfADeletedNodeAreRemoved() async throws {
            let cluster = try await TestCluster.start()
            _ = try await cluster.client.create(.deployments, makeDeployment())
            await cluster.settle()
            cluster.nodes.stop("node-3")
            try await cluster.delete(.nodes, "node-3")
            await cluster.settle()
            #expect(try await cluster.pods().contains { PodView($0).nodeName == "node-3" })
            try await cluster.pass(seconds: 2)
            let pods = try await cluster.pods()
            #expect(pods.count == 3)
            #expect(pods.allSatisfy { PodView($0).nodeName != "node-3" && PodView($0).isReady })
        }

        @Test func surplusTerminatedPodsGoOldestFirst() {
            let pods = (0..<5).map { makePod("p\($0)", phase: "Succeeded", created: 100 - $0) }
            #expect(PodGarbageDecision.surplus(ofTerminated: pods, threshold: 3).map(\.name) == ["p4", "p3"])
            #expect(PodGarbageDecision.surplus(ofTerminated: pods, threshold: 5).isEmpty)
        }
    }
}
