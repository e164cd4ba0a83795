import Documents
import KubernetesAPI
import Testing

@testable import Controllers

@Suite struct DeploymentDecisionTests {
    struct Fence: Sendable, CustomTestStringConvertible {
        let replicas: Int
        let surge: JSONValue
        let unavailable: JSONValue
        let expected: [Int]
        init(_ replicas: Int, _ surge: JSONValue, _ unavailable: JSONValue, _ expected: [Int]) {
            (self.replicas, self.surge, self.unavailable, self.expected) = (replicas, surge, unavailable, expected)
        }
        var testDescription: String { "\(replicas): +\(surge.jsonText) -\(unavailable.jsonText)" }
    }

    @Test(arguments: [
        Fence(4, "25%", "25%", [1, 1]), Fence(3, "25%", "25%", [1, 0]), Fence(1, "25%", "25%", [1, 0]),
        Fence(10, "25%", "25%", [3, 2]), Fence(100, "30%", "15%", [30, 15]), Fence(5, 2, 0, [2, 0]),
        Fence(3, 0, 0, [0, 1]), Fence(3, "0%", "10%", [0, 1]), Fence(2, 0, 5, [0, 2]), Fence(0, 1, 1, [1, 0]),
    ])
    func surgeIsRoundedUpAndUnavailabilityDown(fence: Fence) {
        let view = DeploymentView(
            makeDeployment(replicas: fence.replicas, surge: fence.surge, unavailable: fence.unavailable))
        #expect([view.maxSurge, view.maxUnavailable] == fence.expected)
    }

    /// Sizes of the ReplicaSets after one step, oldest first.
    private func step(_ rollout: SimulatedRollout) -> [Int] {
        var rollout = rollout
        rollout.decide()
        return rollout.sets.map(\.size)
    }

    @Test func stepsOfARollingUpdate() {
        let deployment = makeDeployment(replicas: 4, image: "app:2")
        // The new ReplicaSet is made with what the surge allows, and one old Pod may go at once.
        #expect(step(SimulatedRollout(deployment, [("app:1", 4, 4)])) == [3, 1])
        #expect(step(SimulatedRollout(deployment, [("app:1", 4, 4), ("app:2", 1, 0)])) == [3, 1])
        // Now five exist no more, so that one more can come.
        #expect(step(SimulatedRollout(deployment, [("app:1", 3, 3), ("app:2", 1, 0)])) == [3, 2])
        // Nothing moves while nothing becomes available.
        #expect(step(SimulatedRollout(deployment, [("app:1", 3, 3), ("app:2", 2, 0)])) == [3, 2])
        #expect(step(SimulatedRollout(deployment, [("app:1", 3, 3), ("app:2", 2, 2)])) == [1, 2])
        // Old Pods that are not available go first.
        #expect(step(SimulatedRollout(deployment, [("app:0", 2, 0), ("app:1", 3, 3), ("app:2", 0, 0)])) == [0, 3, 0])
    }

    @Test func scalingDuringAnUpdateKeepsTheShares() {
        // The example of the documentation: 10 replicas with surge 3, an update to a broken image, then scaled to 15.
        var rollout = SimulatedRollout(
            makeDeployment(replicas: 10, image: "app:2", surge: 3, unavailable: 2),
            [("app:1", 8, 8), ("app:2", 5, 0)])
        rollout.annotateSizes()
        rollout.scale(to: 15)
        rollout.decide()
        #expect(rollout.sets.map(\.size) == [11, 7])
    }

    @Test func equalTemplatesAreRecognisedWhateverTheOrderOfTheirMembers() {
        var deployment = makeDeployment()
        let hash = PodTemplateHash.of(deployment.spec["template"] ?? [:], collisions: 0)
        deployment.spec["template"] = [
            "spec": ["containers": [["image": "app:1", "name": "main"]]], "metadata": ["labels": ["app": "web"]],
        ]
        #expect(PodTemplateHash.of(deployment.spec["template"] ?? [:], collisions: 0) == hash)
        #expect(PodTemplateHash.of(deployment.spec["template"] ?? [:], collisions: 1) != hash)
        #expect(PodTemplateHash.of(makeTemplate("web", image: "app:2"), collisions: 0) != hash)
    }

    /// Whatever becomes ready when, there are never more Pods than `replicas + maxSurge`, and never fewer available
    /// than `replicas - maxUnavailable`; and the update ends.
    @Test func aRollingUpdateKeepsItsLimits() {
        for seed in 0..<200 as Range<UInt64> {
            if let fault = faultInRollout(seed: seed) { Issue.record("seed \(seed): \(fault)") }
        }
    }

    private func faultInRollout(seed: UInt64) -> String? {
        var random = SplitMix(state: seed)
        let replicas = Int.random(in: 1...12, using: &random)
        let surge = Int.random(in: 0...4, using: &random)
        let unavailable = Int.random(in: 0...4, using: &random)
        var rollout = SimulatedRollout(
            makeDeployment(
                replicas: replicas, image: "app:1", surge: .integer(surge), unavailable: .integer(unavailable)),
            [("app:1", replicas, replicas)])
        var image = 1
        for step in 0..<2000 {
            if rollout.isComplete, image == 4 { return nil }
            // A new template now and then, also in the middle of an update.
            if image < 4, rollout.isComplete || Int.random(in: 0..<12, using: &random) == 0 {
                image += 1
                rollout.set(image: "app:\(image)")
            }
            rollout.decide()
            if rollout.totalSize > rollout.limits.most { return "step \(step): \(rollout.totalSize) Pods" }
            rollout.followSizes()
            if rollout.totalAvailable < rollout.limits.fewest {
                return "step \(step): \(rollout.totalAvailable) available"
            }
            rollout.becomeReady(probability: 0.3, using: &random)
        }
        return "does not end"
    }

    /// Where Pods fail by themselves the controller must at least not make it worse.
    @Test func failingPodsAreNotMadeFewerBelowTheLimit() {
        for seed in 1000..<1050 as Range<UInt64> {
            var random = SplitMix(state: seed)
            let replicas = Int.random(in: 2...10, using: &random)
            var rollout = SimulatedRollout(
                makeDeployment(replicas: replicas, image: "app:1"), [("app:1", replicas, replicas)])
            rollout.set(image: "app:2")
            for step in 0..<200 {
                let before = rollout.totalAvailable
                rollout.decide()
                let size = rollout.totalSize
                rollout.followSizes()
                if size > rollout.limits.most || rollout.totalAvailable < min(before, rollout.limits.fewest) {
                    Issue.record("seed \(seed) step \(step): \(size) Pods, \(rollout.totalAvailable) available")
                }
                rollout.becomeReady(probability: 0.4, using: &random)
                rollout.fail(probability: 0.1, using: &random)
            }
        }
    }
}
