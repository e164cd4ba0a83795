import Documents
import KubernetesAPI
import Testing

@testable import Controllers

@Suite struct ReplicaSetDecisionTests {
    private func makeReplicaSet(replicas: Int, minReadySeconds: Int = 0) -> KubernetesObject {
        var set = KubernetesObject(.replicaSets, namespace: "default", name: "web")
        set.metadata["uid"] = "set"
        set.metadata["generation"] = 4
        set.spec = [
            "replicas": .integer(replicas), "selector": ["matchLabels": ["app": "web"]],
            "template": makeTemplate("web", image: "app:1"), "minReadySeconds": .integer(minReadySeconds),
        ]
        return set
    }

    private func decide(_ replicas: Int, _ pods: [KubernetesObject], isCacheCurrent: Bool = true, burst: Int = 500)
        -> [ReplicaSetAction]
    {
        ReplicaSetDecision.decide(
            ReplicaSetObservation(
                replicaSet: makeReplicaSet(replicas: replicas), pods: pods, isCacheCurrent: isCacheCurrent,
                now: testEpoch + .seconds(1000), burst: burst))
    }

    @Test func makesUpForWhatIsMissing() {
        #expect(decide(3, []) == [.createPods(3)])
        #expect(decide(3, [makePod("a")]) == [.createPods(2)])
        #expect(decide(1, [makePod("a")]) == [])
        #expect(decide(1000, [], burst: 500) == [.createPods(500)])
        #expect(decide(2, [makePod("a"), makePod("b").deleted()]) == [.createPods(1)], "one that goes does not count")
        #expect(decide(1, [makePod("a", phase: "Failed")]) == [.createPods(1)])
    }

    @Test func doesNothingWhileTheCacheIsBehind() {
        #expect(decide(3, [], isCacheCurrent: false) == [])
        var going = makeReplicaSet(replicas: 3)
        going = going.deleted()
        #expect(ReplicaSetDecision.decide(ReplicaSetObservation(replicaSet: going, pods: [], now: testEpoch)) == [])
    }

    /// Pods in the order in which they are given up, each pair decided by the rule beside it.
    @Test(arguments: [
        ("not assigned", makePod("a", node: "", phase: "Pending", isReady: false), makePod("b", isReady: false)),
        ("Pending before Running", makePod("b", phase: "Pending", isReady: false), makePod("a", isReady: false)),
        ("not ready", makePod("b", isReady: false), makePod("a")),
        ("ready for less long", makePod("b", readySince: 990), makePod("a", readySince: 10)),
        ("younger", makePod("b", created: 990), makePod("a", created: 10)),
        ("then by uid", makePod("a", created: 11), makePod("b", created: 10)),
    ])
    func givesUpTheLeastFirst(rule: String, first: KubernetesObject, second: KubernetesObject) {
        let order = PodDeletionOrder.sorted([second, first], related: [], now: testEpoch + .seconds(1000))
        #expect(order.map(\.name) == [first.name, second.name], "\(rule)")
        #expect(decide(1, [second, first]) == [.deletePods([first])])
    }

    @Test func givesUpTheCheaperAndTheCrowded() {
        var cheap = makePod("b")
        cheap.annotations = ["controller.kubernetes.io/pod-deletion-cost": "-5"]
        #expect(decide(1, [makePod("a"), cheap]) == [.deletePods([cheap])])

        var restarted = makePod("b")
        restarted.status["containerStatuses"] = [["name": "main", "restartCount": 3]]
        #expect(decide(1, [makePod("a"), restarted]) == [.deletePods([restarted])])

        let crowded = makePod("b", node: "node-2")
        let order = PodDeletionOrder.sorted(
            [makePod("a"), crowded], related: [makePod("a"), crowded, makePod("sibling", node: "node-2")],
            now: testEpoch + .seconds(1000))
        #expect(order.map(\.name) == ["b", "a"])
    }

    @Test func countsWhatItSees() {
        let set = makeReplicaSet(replicas: 4, minReadySeconds: 10)
        let now = testEpoch + .seconds(100)
        let observed = ReplicaSetObservation(
            replicaSet: set,
            pods: [
                makePod("a", readySince: 0), makePod("b", readySince: 95), makePod("c", isReady: false),
                makePod("d").deleted(),
            ], now: now)
        let status = ReplicaSetDecision.withStatus(observed, failure: nil).status
        #expect(
            status == [
                "replicas": 3, "fullyLabeledReplicas": 3, "readyReplicas": 2, "availableReplicas": 1,
                "observedGeneration": 4,
            ])
        #expect(ReplicaSetDecision.untilNextAvailable(observed) == .seconds(5))
    }

    @Test func claimsByOwnerAndLabels() {
        let set = makeReplicaSet(replicas: 1)
        let selector = LabelSelector(matchLabels: ["app": "web"])
        var other = set
        other.metadata["uid"] = "other"
        let claim = ObjectClaim.decide(
            owner: set, selector: selector,
            candidates: [
                makePod("mine", owner: set), makePod("orphan"), makePod("relabelled", labels: ["app": "x"], owner: set),
                makePod("theirs", owner: other), makePod("stranger", labels: ["app": "x"]),
                makePod("going").deleted(),
            ])
        #expect(claim.claimed.map(\.name) == ["mine", "orphan"])
        #expect(claim.toAdopt.map(\.name) == ["orphan"])
        #expect(claim.toRelease.map(\.name) == ["relabelled"])
        let nothing = ObjectClaim.decide(owner: set, selector: .everything, candidates: [makePod("orphan")])
        #expect(nothing == ObjectClaim())
    }
}
