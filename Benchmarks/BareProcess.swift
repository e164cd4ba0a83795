import Glibc
import LinuxKernel

/// What everything is divided by: a process that is started (posix_spawn(3), which is vfork and exec), does nothing, and
/// is waited for. The statically linked busybox, which is also what containers run.
enum BareProcess {
    /// - Returns: milliseconds.
    static func measure() async throws(BenchmarkError) -> Double {
        let outcome = await KernelThread.run("bare") { run() }
        guard let outcome else { throw BenchmarkError("busybox true could not be run") }
        return outcome
    }

    private static func run() -> Double? {
        let candidates: [String] = ["/bin/busybox", "/usr/bin/busybox"]
        guard let program = candidates.first(where: { access($0, X_OK) == 0 }) else { return nil }
        let arguments = CStringVector(["busybox", "true"])
        let environment = CStringVector([])
        var pid: pid_t = 0
        let watch = Stopwatch()
        guard posix_spawn(&pid, program, nil, nil, arguments.pointers, environment.pointers) == 0 else { return nil }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            if errno != EINTR { return nil }
        }
        let elapsed = watch.elapsed
        return status == 0 ? elapsed : nil
    }
}
