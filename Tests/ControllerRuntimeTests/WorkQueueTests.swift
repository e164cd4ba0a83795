import ControllerRuntime
import Testing

@Suite struct WorkQueueTests {
    let clock = ManualClock()

    func drain(_ queue: WorkQueue<String>) -> [String] {
        var keys: [String] = []
        while let key = queue.takeIfWaiting() {
            keys.append(key)
            queue.done(key)
        }
        return keys
    }

    @Test func givesKeysInOrderAndOnce() {
        let queue = WorkQueue<String>(clock: clock)
        for key in ["a", "b", "a", "c", "b"] { queue.add(key) }
        #expect(drain(queue) == ["a", "b", "c"])
        #expect(queue.isIdle)
    }

    @Test func aKeyAddedWhileBeingWorkedOnComesBackWhenDone() {
        let queue = WorkQueue<String>(clock: clock)
        queue.add("a")
        #expect(queue.takeIfWaiting() == "a")
        queue.add("a")
        queue.add("b")
        #expect(queue.takeIfWaiting() == "b", "no second worker gets the key that is being worked on")
        #expect(queue.takeIfWaiting() == nil)
        queue.done("a")
        #expect(queue.takeIfWaiting() == "a")
    }

    @Test func delaysOnTheClock() {
        let queue = WorkQueue<String>(clock: clock)
        queue.add("a", after: .seconds(10))
        queue.add("b", after: .seconds(5))
        #expect(drain(queue) == [])
        clock.advance(by: .seconds(5))
        #expect(drain(queue) == ["b"])
        clock.advance(by: .milliseconds(4999))
        #expect(drain(queue) == [])
        clock.advance(by: .milliseconds(1))
        #expect(drain(queue) == ["a"])
        #expect(clock.pendingCount == 0)
    }

    @Test func ofSeveralDelaysTheEarliestCounts() {
        let queue = WorkQueue<String>(clock: clock)
        queue.add("a", after: .seconds(10))
        queue.add("a", after: .seconds(3))
        queue.add("a", after: .seconds(20))
        clock.advance(by: .seconds(3))
        #expect(drain(queue) == ["a"])
        clock.advance(by: .seconds(60))
        #expect(drain(queue) == [])
    }

    @Test func backsOffExponentiallyUntilForgotten() {
        let queue = WorkQueue<String>(
            clock: clock, backoff: Backoff(base: .milliseconds(5), limit: .milliseconds(30)))
        for milliseconds in [5, 10, 20, 30, 30] {
            queue.addRateLimited("a")
            clock.advance(by: .milliseconds(milliseconds - 1))
            #expect(drain(queue) == [])
            clock.advance(by: .milliseconds(1))
            #expect(drain(queue) == ["a"])
        }
        queue.forget("a")
        queue.addRateLimited("a")
        clock.advance(by: .milliseconds(5))
        #expect(drain(queue) == ["a"])
    }

    @Test func handsKeysToWaitingWorkersAndLetsThemGo() async {
        let queue = WorkQueue<Int>(clock: clock)
        let seen = await withTaskGroup(of: Set<Int>.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var mine: Set<Int> = []
                    while let key = await queue.take() {
                        mine.insert(key)
                        queue.done(key)
                        if key == 999 { queue.shutDown() }
                    }
                    return mine
                }
            }
            for key in 0..<1000 { queue.add(key) }
            return await group.reduce(into: Set<Int>()) { $0.formUnion($1) }
        }
        #expect(seen == Set(0..<1000))
    }

    @Test func aCancelledWorkerGetsNothing() async {
        let queue = WorkQueue<Int>(clock: clock)
        let worker = Task { await queue.take() }
        worker.cancel()
        #expect(await worker.value == nil)
        queue.add(1)
        #expect(await queue.take() == 1, "the key did not go to the cancelled worker")
    }
}
