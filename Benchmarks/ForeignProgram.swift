import Glibc
import LinuxKernel

/// A program of this machine that is run to its end: posix_spawn(3), which is vfork and exec.
struct ForeignProgram: Sendable {
    /// Absolute.
    let path: String
    /// The first is the name it is called by.
    let arguments: [String]
    /// `NAME=value`
    var environment: [String] = []
    /// It has nothing to read and nowhere to write. What is divided by has not even that to do.
    var isSilenced = false

    /// The first of `names` that is in one of the standard directories for programs.
    static func find(_ name: String) -> String? {
        ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin"].map { "\($0)/\(name)" }
            .first { access($0, X_OK) == 0 }
    }

    /// - Returns: milliseconds from its start to its end.
    func measure() async throws(BenchmarkError) -> Double {
        let program = self
        let outcome = await KernelThread.run("bench-program") { program.run() }
        guard outcome.status == 0 else {
            throw BenchmarkError("\(arguments.joined(separator: " ")): exit status \(outcome.status)")
        }
        return outcome.elapsed
    }

    private func run() -> (status: Int32, elapsed: Double) {
        let arguments = CStringVector(arguments)
        let environment = CStringVector(environment)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor: Int32 in 0..<3 where isSilenced {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        var pid: pid_t = 0
        let watch = Stopwatch()
        let result = withUnsafePointer(to: &actions) {
            posix_spawn(&pid, path, isSilenced ? $0 : nil, nil, arguments.pointers, environment.pointers)
        }
        guard result == 0 else { return (127, watch.elapsed) }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            if errno != EINTR { return (126, watch.elapsed) }
        }
        let elapsed = watch.elapsed
        return (status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f, elapsed)
    }
}
