import Glibc

/// One process, as /proc/PID tells it: proc_pid_stat(5), proc_pid_status(5), proc_pid_cmdline(5).
public struct ProcessStatus: Sendable {
    public let parent: Int32
    /// The effective user.
    public let uid: UInt32
    /// Its id in the innermost pid namespace it is in.
    public let innermostPID: Int32
    /// Seconds since 1970.
    public let startedAt: Double
    /// User and system time.
    public let cpuSeconds: Double
    /// Bytes of memory that only count for it or for as many as use it: resident set.
    public let residentBytes: Int
    /// The command line with blanks between, or the name in brackets.
    public let command: String

    /// - Returns: nil when there is no such process (any more).
    public init?(pid: Int32) {
        guard let stat = try? ProcessFiles.read("/proc/\(pid)/stat"),
            let status = try? ProcessFiles.read("/proc/\(pid)/status"),
            let nameStart = stat.firstIndex(of: UInt8(ascii: "(")), let nameEnd = stat.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        // From the third field, the state, on.
        let fields = stat[(nameEnd + 1)...].split(separator: UInt8(ascii: " ")).map {
            Int(String(decoding: $0, as: UTF8.self)) ?? 0
        }
        guard fields.count > 21 else { return nil }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        parent = Int32(fields[1])
        cpuSeconds = Double(fields[11] + fields[12]) / ticks
        startedAt = Self.bootTime + Double(fields[19]) / ticks
        residentBytes = fields[21] * Int(sysconf(Int32(_SC_PAGESIZE)))
        var uid: UInt32 = 0
        var innermost = pid
        for line in status.split(separator: UInt8(ascii: "\n")) {
            let words = line.split { $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: " ") }.map {
                String(decoding: $0, as: UTF8.self)
            }
            if words.first == "Uid:", words.count > 2 { uid = UInt32(words[2]) ?? 0 }
            if words.first == "NSpid:", let last = words.last { innermost = Int32(last) ?? pid }
        }
        self.uid = uid
        innermostPID = innermost
        let arguments = (try? ProcessFiles.read("/proc/\(pid)/cmdline")) ?? []
        let words = arguments.split(separator: 0, omittingEmptySubsequences: true)
        command =
            words.isEmpty
            ? "[\(String(decoding: stat[(nameStart + 1)..<nameEnd], as: UTF8.self))]"
            : words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
    }

    /// Seconds since 1970 when the machine was started.
    private static let bootTime: Double = {
        var sinceBoot = timespec()
        clock_gettime(CLOCK_BOOTTIME, &sinceBoot)
        return WallClock.seconds() - Double(sinceBoot.tv_sec) - Double(sinceBoot.tv_nsec) / 1e9
    }()
}
