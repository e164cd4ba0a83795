public import KubernetesAPI

/// A reconciler with the informers it reads and the queue that feeds it.
///
/// `run` waits until the informers are in sync, then works on keys with `workers` tasks at a time until it is cancelled;
/// it returns when the last of them has returned.
public struct Controller: Sendable {
    public let name: String
    public let queue: WorkQueue<ObjectKey>
    private let informers: [Informer]
    private let reconciler: any Reconciler
    private let workers: Int
    private let failures: FailureLog?
    /// How many times in a row a cache may be behind before it counts as a failure.
    private static let staleAttempts = 5

    public init(
        _ name: String, queue: WorkQueue<ObjectKey>, informers: [Informer], workers: Int = 2,
        failures: FailureLog? = nil, reconciler: any Reconciler
    ) {
        self.name = name
        self.queue = queue
        self.informers = informers
        self.workers = workers
        self.failures = failures
        self.reconciler = reconciler
    }

    public func run() async {
        for informer in informers { await informer.waitForSync() }
        guard !Task.isCancelled else { return }
        await withDiscardingTaskGroup { group in
            for _ in 0..<max(1, workers) {
                group.addTask {
                    while let key = await queue.take() { await work(on: key) }
                }
            }
        }
        queue.shutDown()
    }

    private func work(on key: ObjectKey) async {
        defer { queue.done(key) }
        do {
            switch try await reconciler.reconcile(key) {
            case .done:
                queue.forget(key)
            case .requeue(let delay):
                queue.forget(key)
                queue.add(key, after: delay)
            case .retry:
                queue.addRateLimited(key)
            }
        } catch is CancellationError {
            return
        } catch {
            queue.addRateLimited(key)
            let attempt = queue.failures(of: key)
            // That an object is another or gone only says that the cache was behind; the retry is the whole answer.
            let reason = (error as? Status)?.reason
            if reason == .conflict || reason == .notFound, attempt <= Self.staleAttempts { return }
            failures?.record(
                ReconcileFailure(controller: name, key: key, error: error, attempt: attempt))
        }
    }
}
