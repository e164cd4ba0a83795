import Glibc
import LinuxKernel

/// A process and all that descends from it, which for kijabi includes every container.
enum ProcessTree {
    /// Processor milliseconds that the members have used so far, by process: their own clocks
    /// (clock_getcpuclockid(3)), which count in nanoseconds.
    static func processorTime(of root: pid_t) -> [pid_t: Double] {
        var times: [pid_t: Double] = [:]
        for pid in members(of: root) {
            var clock = clockid_t()
            var time = timespec()
            guard clock_getcpuclockid(pid, &clock) == 0, clock_gettime(clock, &time) == 0 else { continue }
            times[pid] = Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1_000_000
        }
        return times
    }

    static func members(of root: pid_t) -> [pid_t] {
        var children: [pid_t: [pid_t]] = [:]
        guard let directory = opendir("/proc") else { return [] }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let pid = pid_t(name), let parent = parent(of: pid) else { continue }
            children[parent, default: []].append(pid)
        }
        var members = [root]
        var next = 0
        while next < members.count {
            members += children[members[next]] ?? []
            next += 1
        }
        return members
    }

    /// The fourth field of proc_pid_stat(5); the second may hold anything, but ends with the last parenthesis.
    private static func parent(of pid: pid_t) -> pid_t? {
        guard let file = try? FileDescriptor.open("/proc/\(pid)/stat", O_RDONLY) else { return nil }
        var buffer = [UInt8](repeating: 0, count: 1024)
        let count = read(file.number, &buffer, buffer.count)
        guard count > 0, let end = buffer[..<count].lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = String(decoding: buffer[(end + 1)..<count], as: UTF8.self).split(separator: " ")
        return fields.count > 1 ? pid_t(fields[1]) : nil
    }
}
