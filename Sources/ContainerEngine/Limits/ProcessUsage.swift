import ContainerRuntime
import Glibc
import LinuxKernel

/// What processes use, added up from proc(5): for containers without control groups.
struct ProcessUsage {
    /// Of the processes and of their children that have ended and been waited for.
    var userSeconds = 0.0
    var systemSeconds = 0.0
    /// Bytes: what only they use, and their part of what is shared.
    var memory = 0
    var swap = 0
    var readBytes = 0
    var writtenBytes = 0
    /// As control groups count: each thread.
    var threads = 0

    init(of pids: [Int32], withMemory: Bool = true) {
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        for pid in pids {
            guard let stat = try? ProcessFiles.read("/proc/\(pid)/stat"),
                let nameEnd = stat.lastIndex(of: UInt8(ascii: ")"))
            else { continue }
            let fields = stat[(nameEnd + 1)...].split(separator: UInt8(ascii: " ")).map {
                Int(String(decoding: $0, as: UTF8.self)) ?? 0
            }
            guard fields.count > 21 else { continue }
            userSeconds += Double(fields[11] + fields[13]) / ticks
            systemSeconds += Double(fields[12] + fields[14]) / ticks
            threads += fields[17]
            if withMemory { addMemory(pid, residentPages: fields[21]) }
            for (name, value) in Self.values("/proc/\(pid)/io") {
                if name == "read_bytes" { readBytes += value }
                if name == "write_bytes" { writtenBytes += value }
            }
        }
    }

    private mutating func addMemory(_ pid: Int32, residentPages: Int) {
        // proc_pid_smaps_rollup(5), in kilobytes; file pages are cache, as in a control group's statistics.
        let rollup = Self.values("/proc/\(pid)/smaps_rollup")
        guard !rollup.isEmpty else {
            memory += residentPages * Int(sysconf(Int32(_SC_PAGESIZE)))
            return
        }
        for (name, value) in rollup {
            if name == "Pss_Anon" || name == "Pss_Shmem" { memory += value * 1024 }
            if name == "SwapPss" { swap += value * 1024 }
        }
    }

    /// Lines like `name: 12 kB`.
    private static func values(_ path: String) -> [(name: String, value: Int)] {
        guard let text = try? ProcessFiles.read(path) else { return [] }
        return text.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            guard words.count >= 2, words[0].last == UInt8(ascii: ":"),
                let value = Int(String(decoding: words[1], as: UTF8.self))
            else { return nil }
            return (String(decoding: words[0].dropLast(), as: UTF8.self), value)
        }
    }

    /// What went over the interfaces of a process's network namespace but the loopback, proc_pid_net(5).
    static func network(of pid: Int32) -> ContainerStatistics.Network {
        var network = ContainerStatistics.Network()
        guard let text = try? ProcessFiles.read("/proc/\(pid)/net/dev") else { return network }
        for line in text.split(separator: UInt8(ascii: "\n")).dropFirst(2) {
            let parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 1)
            guard parts.count == 2, !parts[0].elementsEqual("    lo".utf8) else { continue }
            let numbers = parts[1].split(separator: UInt8(ascii: " ")).map {
                Int(String(decoding: $0, as: UTF8.self)) ?? 0
            }
            guard numbers.count > 9 else { continue }
            network.receivedBytes += numbers[0]
            network.receivedPackets += numbers[1]
            network.sentBytes += numbers[8]
            network.sentPackets += numbers[9]
        }
        return network
    }
}

/// This machine's, in bytes.
enum MachineMemory {
    static let total: Int = Int(sysconf(Int32(_SC_PHYS_PAGES))) * Int(sysconf(Int32(_SC_PAGESIZE)))
}
