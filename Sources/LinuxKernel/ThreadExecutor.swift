import Glibc
import Synchronization

/// Runs an actor on a thread of its own, so that its blocking system calls hold up nobody: the cooperative pool has one
/// thread a processor, and a lock or a disk would take it away from everything else.
///
/// The thread ends when the executor is released.
public final class ThreadExecutor: SerialExecutor {
    private let queue: JobQueue

    /// - Parameter name: what `ps -L` and debuggers show; at most 15 bytes count.
    public init(name: String) {
        queue = JobQueue()
        let context = Unmanaged.passRetained(ThreadContext(queue: queue, name: name))
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<ThreadContext>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, context.toOpaque())
        // EAGAIN only: the process has no thread left, and nothing here can work without one.
        precondition(result == 0, "pthread_create: \(result)")
        pthread_detach(thread)
    }

    deinit {
        queue.close()
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        queue.append(UnownedJob(job), executor: asUnownedSerialExecutor())
    }
}

/// What the thread keeps, so that it never keeps the executor.
private final class ThreadContext: Sendable {
    let queue: JobQueue
    let name: String

    init(queue: JobQueue, name: String) {
        self.queue = queue
        self.name = name
    }

    func run() {
        // proc(5): a thread names itself; glibc's pthread_setname_np is hidden behind _GNU_SOURCE.
        let comm = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        if comm >= 0 {
            _ = write(comm, name, min(name.utf8.count, 15))
            close(comm)
        }
        while let (job, executor) = queue.next() {
            // Whoever enqueued the job keeps the executor alive until it has run.
            job.runSynchronously(on: executor)
        }
    }
}

private final class JobQueue: Sendable {
    private struct State {
        var jobs: [(UnownedJob, UnownedSerialExecutor)] = []
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

    func append(_ job: UnownedJob, executor: UnownedSerialExecutor) {
        state.withLock { $0.jobs.append((job, executor)) }
        sem_post(semaphore)
    }

    func close() {
        state.withLock { $0.isClosed = true }
        sem_post(semaphore)
    }

    /// Waits for a job; nil when the queue is closed and empty.
    func next() -> (UnownedJob, UnownedSerialExecutor)? {
        while true {
            while sem_wait(semaphore) != 0 {}
            let next: (UnownedJob, UnownedSerialExecutor)?? = state.withLock { state in
                if !state.jobs.isEmpty { return .some(state.jobs.removeFirst()) }
                return state.isClosed ? .some(nil) : nil
            }
            if let next { return next }
        }
    }
}
