import Glibc

/// What an exit status says beyond its number: shells and containers report an end by signal N as 128 + N.
enum ExitStatusNote {
    /// `= 128 + 9 (SIGKILL)`, or nil for a status that is not such an end, and for Ctrl-C, which whoever pressed it
    /// knows.
    static func text(_ status: Int32) -> String? {
        guard status != 128 + SIGINT, let name = names[status - 128] else { return nil }
        return "= 128 + \(status - 128) (\(name))"
    }

    private static let names: [Int32: String] = [
        SIGHUP: "SIGHUP", SIGQUIT: "SIGQUIT", SIGILL: "SIGILL", SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE",
        SIGKILL: "SIGKILL", SIGSEGV: "SIGSEGV", SIGPIPE: "SIGPIPE", SIGTERM: "SIGTERM",
    ]
}
