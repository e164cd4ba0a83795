import ContainerRuntime

/// Sets of capabilities(7), as bits: bit n is the capability with number n.
struct Capabilities: OptionSet, Hashable {
    var rawValue: UInt64

    init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    private static let names = [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
        "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER",
        "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
        "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
        "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF",
        "CHECKPOINT_RESTORE",
    ]

    /// In the kernel's order, without `CAP_`.
    var names: [String] { Self.names.enumerated().filter { rawValue >> UInt64($0.offset) & 1 == 1 }.map(\.element) }

    static let all = Capabilities(rawValue: (1 << UInt64(names.count)) - 1)

    /// What docker gives a container unless told otherwise.
    static let standard = Capabilities(
        names: [
            "CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID", "SETFCAP", "SETPCAP",
            "NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE",
        ])

    private init(names: [String]) {
        rawValue = Self.names.enumerated().reduce(0) { $0 | (names.contains($1.element) ? 1 << UInt64($1.offset) : 0) }
    }

    /// The set of a container: the standard one, `added` and without `dropped`; `ALL` is every capability.
    init(added: [String], dropped: [String]) throws(RuntimeError) {
        let added = try Self.parse(added, field: "capAdd")
        let dropped = try Self.parse(dropped, field: "capDrop")
        // `ALL` dropped and some added leaves those; a capability on both lists stays away.
        let base = dropped == .all ? [] : Self.standard
        self = base.union(added)
        if dropped != .all { subtract(dropped) }
    }

    private static func parse(_ texts: [String], field: String) throws(RuntimeError) -> Capabilities {
        var set: Capabilities = []
        for text in texts {
            let upper = text.uppercased()
            let name = upper.hasPrefix("CAP_") ? String(upper.dropFirst(4)) : upper
            if name == "ALL" {
                set = .all
            } else if let number = names.firstIndex(of: name) {
                set.insert(Capabilities(rawValue: 1 << UInt64(number)))
            } else {
                throw .invalid(field: field, reason: "unknown capability \(text)")
            }
        }
        return set
    }
}
