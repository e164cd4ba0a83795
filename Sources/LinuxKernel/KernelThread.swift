import CLinux
import Glibc

/// A thread of its own for calls that block, so that they never hold one of the few threads of the cooperative pool.
public enum KernelThread {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        let name: String
        init(_ name: String, _ run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// Starts a detached thread.
    /// - Parameter name: at most 15 bytes, as `ps -L` shows it.
    public static func start(_ name: String, _ run: @escaping @Sendable () -> Void) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, 256 * 1024)
        let body = Unmanaged.passRetained(Body(name, run))
        var thread = pthread_t()
        let result = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                kijabi_name_thread(body.name)
                body.run()
                return nil
            }, body.toOpaque())
        pthread_attr_destroy(&attributes)
        // No thread to be had: rather do the work here than never.
        if result != 0 { body.takeRetainedValue().run() }
    }

    /// Runs blocking work on a thread of its own and gives back what it returns.
    public static func run<Value: Sendable>(
        _ name: String, _ work: @escaping @Sendable () -> Value
    ) async -> Value {
        await withCheckedContinuation { continuation in
            start(name) { continuation.resume(returning: work()) }
        }
    }
}
