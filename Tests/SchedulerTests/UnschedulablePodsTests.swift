import ControllerRuntime
import KubernetesAPI
import Testing

@testable import Scheduler

@Suite struct UnschedulablePodsTests {
    let clock = ManualClock()
    let key = ObjectKey(namespace: "default", name: "web")

    private func make() -> (WorkQueue<ObjectKey>, UnschedulablePods) {
        let queue = WorkQueue<ObjectKey>(clock: clock)
        let backoff = Backoff(base: .seconds(1), limit: .seconds(10))
        return (queue, UnschedulablePods(queue: queue, clock: clock, backoff: backoff))
    }

    @Test func aPodWaitsUntilSomethingHappensThatMayHelp() {
        let (queue, pods) = make()
        pods.park(key, helpedBy: [.node], hasChanged: false)
        clock.advance(by: .seconds(600))
        pods.wake(by: .podFreed)
        #expect(queue.count == 0)
        pods.wake(by: .node)
        #expect(queue.count == 1, "its back-off is long over")
    }

    @Test func manyChangesDoNotMakeItBusy() {
        let (queue, pods) = make()
        for (attempt, wait) in [1, 2, 4, 8, 10, 10].enumerated() {
            pods.park(key, helpedBy: [.node], hasChanged: false)
            pods.wake(by: .node)
            pods.wake(by: .node)
            clock.advance(by: .seconds(wait) - .milliseconds(1))
            #expect(queue.takeIfWaiting() == nil, "attempt \(attempt)")
            clock.advance(by: .milliseconds(1))
            #expect(queue.takeIfWaiting() == key, "attempt \(attempt)")
            queue.done(key)
        }
        pods.forget(key)
        pods.park(key, helpedBy: [.node], hasChanged: true)
        clock.advance(by: .seconds(1))
        #expect(queue.count == 1, "a change during the decision is not lost")
    }
}
