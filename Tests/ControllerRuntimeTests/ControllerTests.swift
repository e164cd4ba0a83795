import ControllerRuntime
import KubernetesAPI
import Synchronization
import Testing

/// Answers each call of `reconcile` with the next of its outcomes, then with `.done`.
final class ScriptedReconciler: Reconciler {
    private let outcomes: Mutex<[Result<ReconcileResult, Status>]>
    let calls: AsyncStream<ObjectKey>
    private let called: AsyncStream<ObjectKey>.Continuation

    init(_ outcomes: [Result<ReconcileResult, Status>]) {
        self.outcomes = Mutex(outcomes)
        (calls, called) = AsyncStream.makeStream()
    }

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        defer { called.yield(key) }
        return try outcomes.withLock { $0.isEmpty ? .success(.done) : $0.removeFirst() }.get()
    }
}

@Suite(.timeLimit(.minutes(1))) struct ControllerTests {
    let clock = ManualClock()
    let key = ObjectKey(namespace: "default", name: "web")

    @Test func aFailureIsRecordedAndRetriedAfterABackoff() async throws {
        let queue = WorkQueue<ObjectKey>(clock: clock)
        let log = FailureLog()
        let reconciler = ScriptedReconciler([
            .failure(Status(.internalError, "broken")), .failure(Status(.conflict, "stale")), .success(.done),
        ])
        let controller = Controller(
            "test", queue: queue, informers: [], failures: log, reconciler: reconciler)
        let run = Task { await controller.run() }
        var calls = reconciler.calls.makeAsyncIterator()
        queue.add(key)
        for wait in [5, 10] {
            #expect(await calls.next() == key)
            while clock.pendingCount == 0 { await Task.yield() }
            clock.advance(by: .milliseconds(wait))
        }
        #expect(await calls.next() == key)
        while !queue.isIdle { await Task.yield() }
        #expect(clock.pendingCount == 0)
        #expect(log.failures.map { ($0.error as? Status)?.message } == ["broken"], "a conflict is no failure")
        #expect(queue.failures(of: key) == 0)
        run.cancel()
        await run.value
    }

    @Test func looksAgainWhenItWasAskedTo() async throws {
        let queue = WorkQueue<ObjectKey>(clock: clock)
        let reconciler = ScriptedReconciler([.success(.requeue(after: .seconds(7)))])
        let controller = Controller("test", queue: queue, informers: [], workers: 1, reconciler: reconciler)
        let run = Task { await controller.run() }
        var calls = reconciler.calls.makeAsyncIterator()
        queue.add(key)
        #expect(await calls.next() == key)
        while clock.pendingCount == 0 { await Task.yield() }
        clock.advance(by: .seconds(7))
        #expect(await calls.next() == key)
        run.cancel()
        await run.value
    }

    @Test func waitsForItsInformers() async throws {
        let client = ScriptedClient(lists: [.success(ObjectList(items: [], resourceVersion: "1"))])
        let informer = Informer(.pods, client: client, clock: clock)
        let queue = WorkQueue<ObjectKey>(clock: clock)
        queue.add(key)
        let controller = Controller("test", queue: queue, informers: [informer], reconciler: ScriptedReconciler([]))
        let run = Task { await controller.run() }
        #expect(queue.count == 1)
        run.cancel()
        await run.value
        #expect(queue.count == 1, "nothing was taken before the caches were filled")
    }

    @Test func expectationsHoldUntilSeenOrTimedOut() {
        let expectations = Expectations(clock: clock, timeout: .seconds(300))
        #expect(expectations.isFulfilled(key))
        expectations.expect(key, creations: 2)
        expectations.observedCreation(key)
        #expect(!expectations.isFulfilled(key))
        expectations.observedCreation(key)
        #expect(expectations.isFulfilled(key))
        expectations.expect(key, deletionsOf: ["a", "b"])
        expectations.observedDeletion(key, uid: "a")
        expectations.observedDeletion(key, uid: "a")
        #expect(!expectations.isFulfilled(key), "the same deletion twice counts once")
        clock.advance(by: .seconds(301))
        #expect(expectations.isFulfilled(key))
    }

    @Test func sleepEndsWithTheClockOrTheTask() async throws {
        let sleeper = Task { try await clock.sleep(for: .seconds(5)) }
        while clock.pendingCount == 0 { await Task.yield() }
        clock.advance(by: .seconds(5))
        try await sleeper.value
        let cancelled = Task { try await clock.sleep(for: .seconds(5)) }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
    }
}
