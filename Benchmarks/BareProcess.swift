/// What everything is divided by: a process that is started, does nothing, and is waited for. The statically linked
/// busybox, which is also what containers run.
enum BareProcess {
    private static let program = ForeignProgram.find("busybox").map {
        ForeignProgram(path: $0, arguments: ["busybox", "true"])
    }

    /// - Returns: milliseconds.
    static func measure() async throws(BenchmarkError) -> Double {
        guard let program else { throw BenchmarkError("there is no busybox") }
        return try await program.measure()
    }
}
