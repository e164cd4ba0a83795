import Documents
import KubernetesAPI
import Testing

@Suite struct ConditionTests {
    let first = Timestamp(secondsSinceEpoch: 1_000)
    let later = Timestamp(secondsSinceEpoch: 2_000)

    @Test func theTransitionTimeMovesOnlyWithTheStatus() {
        var pod = KubernetesObject(.pods, namespace: "default", name: "web")
        let changed1 = pod.setCondition(Condition("Ready", .no, reason: "ContainersNotReady"), now: first)
        #expect(changed1)
        let changed2 = pod.setCondition(Condition("Ready", .no, reason: "ContainersNotReady"), now: later)
        #expect(!changed2)
        let changed3 = pod.setCondition(Condition("Ready", .no, reason: "PodFailed"), now: later)
        #expect(changed3)
        #expect(pod.transitionTime(of: "Ready") == first)
        let changed4 = pod.setCondition(Condition("Ready", .yes), now: later)
        #expect(changed4)
        #expect(pod.transitionTime(of: "Ready") == later)
        #expect(pod.condition("Ready") == Condition("Ready", .yes))
        #expect(pod.conditionDocument("Ready")?["reason"] == nil)
    }

    @Test func foreignMembersAndOtherConditionsStay() {
        var node = KubernetesObject([
            "status": ["conditions": [["type": "A", "status": "True", "x": 1], ["type": "B", "status": "False"]]]
        ])
        node.setCondition(Condition("A", .no), now: first, timeMember: "lastHeartbeatTime")
        #expect(node.conditionDocument("A")?["x"] == 1)
        #expect(node.conditionDocument("A")?["lastHeartbeatTime"]?.string == first.text)
        node.removeCondition("A")
        #expect(node.condition("A") == nil)
        #expect(node.condition("B")?.status == .no)
    }

    @Test func availabilityWaitsForMinReadySeconds() {
        var object = KubernetesObject(.pods, namespace: "default", name: "web")
        object.setCondition(Condition("Ready", .yes), now: first)
        let pod = PodView(object)
        #expect(pod.isAvailable(minReadySeconds: 0, now: first))
        #expect(!pod.isAvailable(minReadySeconds: 10, now: first + .seconds(9)))
        #expect(pod.isAvailable(minReadySeconds: 10, now: first + .seconds(10)))
    }
}
