import Glibc
import Synchronization

/// Runs an actor on a thread of its own, so that its blocking system calls hold up nobody: the cooperative pool has one
/// thread a processor, and a lock or a disk would take it away from everything else.
///
/// As the executor that a task prefers, it also takes the actor's task up again behind a continuation, without a detour over
/// the pool.
///
/// The thread ends when the executor is released.
public final class ThreadExecutor: SerialExecutor, TaskExecutor {
    private let queue: JobQueue

    /// - Parameter name: what `ps -L` and debuggers show; at most 15 bytes count.
    public init(name: String) {
        queue = JobQueue()
        let queue = queue
        KernelThread.start(name) {
            while let (job, executor, preference) = queue.next() {
                // Whoever enqueued the job keeps the executor alive until it has run.
                job.runSynchronously(isolatedTo: executor, taskExecutor: preference)
            }
        }
    }

    deinit {
        queue.close()
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        queue.append((UnownedJob(job), asUnownedSerialExecutor(), asUnownedTaskExecutor()))
    }
}

/// An actor that runs on a thread of its own.
public protocol ThreadActor: Actor {
    nonisolated var executor: ThreadExecutor { get }
}

private final class JobQueue: Sendable {
    typealias Entry = (job: UnownedJob, executor: UnownedSerialExecutor, preference: UnownedTaskExecutor)

    private struct State {
        var jobs: [Entry] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    /// Counts the jobs, plus one for the end. A semaphore is made for use from many threads.
    nonisolated(unsafe) private let semaphore: UnsafeMutablePointer<sem_t>

    init() {
        semaphore = .allocate(capacity: 1)
        sem_init(semaphore, 0, 0)
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func append(_ entry: Entry) {
        state.withLock { $0.jobs.append(entry) }
        sem_post(semaphore)
    }

    func close() {
        state.withLock { $0.isClosed = true }
        sem_post(semaphore)
    }

    /// Waits for a job; nil when the queue is closed and empty.
    func next() -> Entry? {
        while true {
            while sem_wait(semaphore) != 0 {}
            let next: Entry?? = state.withLock { state in
                if !state.jobs.isEmpty { return .some(state.jobs.removeFirst()) }
                return state.isClosed ? .some(nil) : nil
            }
            if let next { return next }
        }
    }
}
