import Glibc

/// Work that may block in a system call, on a thread of its own: the cooperative pool has a thread a core, and a blocked
/// one stops everybody else.
public enum BlockingThread {
    /// The result of `work`, run on a new thread. Cancellation is the work's own affair.
    public static func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            let job = Unmanaged.passRetained(Job { continuation.resume(returning: work()) })
            var thread = pthread_t()
            let failure = pthread_create(
                &thread, nil,
                { argument in
                    guard let argument else { return nil }
                    Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().body()
                    return nil
                }, job.toOpaque())
            if failure == 0 {
                pthread_detach(thread)
            } else {
                // No thread to be had: blocking here is the lesser evil to not answering.
                job.takeRetainedValue().body()
            }
        }
    }

    private final class Job: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
