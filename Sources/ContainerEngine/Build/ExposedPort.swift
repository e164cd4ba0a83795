import Dockerfile

/// EXPOSE: `80`, `53/udp`, `8000-8003`.
enum ExposedPort {
    static func ports(_ text: String, lines: ClosedRange<Int>) throws(DockerfileError) -> [String] {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        func fail(_ sentence: String) -> DockerfileError { DockerfileError(.arguments(sentence), lines: lines) }
        let transport = parts.count > 1 ? parts[1].lowercased() : "tcp"
        guard parts.count <= 2, ["tcp", "udp", "sctp"].contains(transport) else {
            throw fail("invalid proto: \(parts.dropFirst().joined(separator: "/"))")
        }
        let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false).map { UInt16($0) }
        guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first <= last,
            first > 0
        else { throw fail("invalid containerPort: \(text)") }
        return (first...last).map { "\($0)/\(transport)" }
    }
}

/// STOPSIGNAL: a number or a name, with or without `SIG`.
enum StopSignal {
    private static let names: Set<String> = [
        "ABRT", "ALRM", "BUS", "CHLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE", "POLL", "PROF",
        "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1", "USR2",
        "VTALRM", "WINCH", "XCPU", "XFSZ", "RTMIN", "RTMAX",
    ]

    static func isKnown(_ text: String) -> Bool {
        if let number = Int(text) { return (1...64).contains(number) }
        var name = text.uppercased()
        if name.hasPrefix("SIG") { name.removeFirst(3) }
        if names.contains(name) { return true }
        for (prefix, limit) in [("RTMIN+", 15), ("RTMAX-", 14)] where name.hasPrefix(prefix) {
            return Int(name.dropFirst(prefix.count)).map { (0...limit).contains($0) } ?? false
        }
        return false
    }
}
