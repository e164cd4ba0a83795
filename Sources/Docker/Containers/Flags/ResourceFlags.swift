import Commands
import ContainerRuntime
import Glibc
import Terminal

/// How much of the machine a container may use: flags of run, create and update.
enum ResourceFlags {
    static let flags: [Flag] = [
        Flag("memory", short: "m", .text, placeholder: "SIZE", summary: Localized(ko: "메모리 한도", en: "Memory limit")),
        Flag(
            "memory-swap", .text, placeholder: "SIZE",
            summary: Localized(ko: "메모리와 스왑을 합친 한도 (-1: 스왑 무제한)", en: "Memory and swap together (-1: any swap)")),
        Flag(
            "memory-reservation", .text, placeholder: "SIZE",
            summary: Localized(ko: "모자랄 때 줄여 갈 목표", en: "Soft limit, for when memory is short")),
        Flag("cpus", .text, placeholder: "N", summary: Localized(ko: "프로세서 한도", en: "Processor limit")),
        Flag(
            "cpu-shares", short: "c", .integer, placeholder: "N",
            summary: Localized(ko: "프로세서 나눔 비율", en: "Relative processor weight")),
        Flag(
            "cpu-quota", .integer, placeholder: "US",
            summary: Localized(ko: "주기마다 쓸 마이크로초", en: "Microseconds of processor time a period")),
        Flag(
            "cpu-period", .integer, placeholder: "US",
            summary: Localized(ko: "주기 (마이크로초)", en: "The period, in microseconds")),
        Flag(
            "cpuset-cpus", .text, placeholder: "LIST",
            summary: Localized(ko: "쓸 프로세서 (0-2,4)", en: "Processors it may run on (0-2,4)")),
        Flag("cpuset-mems", .text, placeholder: "LIST", summary: Localized(ko: "쓸 메모리 노드", en: "Memory nodes")),
        Flag(
            "pids-limit", .integer, placeholder: "N",
            summary: Localized(ko: "프로세스 수 한도 (-1: 없음)", en: "Limit of processes (-1: none)")),
    ]

    static func apply(_ line: Invocation, to resources: inout Resources) throws(RuntimeError) {
        resources.memory = try memory(line)
        if line.has("memory-swap") {
            guard let memory = resources.memory else {
                throw .conflict("You should always set the Memory limit when using Memoryswap limit, see usage")
            }
            let total = try size(line, "memory-swap", allowsUnlimited: true)
            if let total, total >= 0, total < memory {
                throw .conflict("Minimum memoryswap limit should be larger than memory limit, see usage")
            }
            resources.memoryAndSwap = total
        }
        resources.memoryReservation = try size(line, "memory-reservation")
        if let memory = resources.memory, let reservation = resources.memoryReservation, reservation > memory {
            throw .conflict("Minimum memory limit can not be less than memory reservation limit, see usage")
        }
        resources.cpus = try cpus(line)
        resources.cpuShares = line.integer("cpu-shares")
        if resources.cpus != nil, line.has("cpu-quota") || line.has("cpu-period") {
            throw .conflict(
                "Conflicting options: Nano CPUs and CPU \(line.has("cpu-period") ? "Period" : "Quota") cannot both be set"
            )
        }
        (resources.cpuQuota, resources.cpuPeriod) = try quota(line)
        resources.cpuset = try list(line, "cpuset-cpus")
        resources.memoryNodes = try list(line, "cpuset-mems")
        if let pids = line.integer("pids-limit"), pids > 0 { resources.pids = pids }
    }

    static func size(
        _ line: Invocation, _ flag: String, allowsUnlimited: Bool = false
    ) throws(RuntimeError) -> Int? {
        guard let text = line[flag] else { return nil }
        if allowsUnlimited, text == "-1" { return -1 }
        guard let bytes = ByteSize.parse(text) else {
            throw .invalid(field: "--\(flag)", reason: "invalid size: '\(text)' (try 64m or 1g)")
        }
        return bytes
    }

    static func memory(_ line: Invocation) throws(RuntimeError) -> Int? {
        guard let bytes = try size(line, "memory"), bytes > 0 else { return nil }
        guard bytes >= 6 * 1024 * 1024 else {
            throw .invalid(field: "--memory", reason: "Minimum memory limit allowed is 6MB")
        }
        return bytes
    }

    static func cpus(_ line: Invocation) throws(RuntimeError) -> Double? {
        guard let text = line["cpus"] else { return nil }
        let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        guard let value = Double(text), value == 0 || value >= 0.01, value <= Double(processors) else {
            throw .invalid(
                field: "--cpus",
                reason: "'\(text)' is not a number of processors of this machine: 0.01 to \(processors) (try 0.5)")
        }
        return value == 0 ? nil : value
    }

    static func quota(_ line: Invocation) throws(RuntimeError) -> (quota: Int?, period: Int?) {
        let (quota, period) = (line.integer("cpu-quota"), line.integer("cpu-period"))
        if let period, period != 0, !(1000...1_000_000).contains(period) {
            throw .conflict("CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)")
        }
        if let quota, quota > 0, quota < 1000 {
            throw .conflict("CPU cfs quota can not be less than 1ms (i.e. 1000)")
        }
        return (quota == 0 ? nil : quota, period == 0 ? nil : period)
    }

    static func list(_ line: Invocation, _ flag: String) throws(RuntimeError) -> String? {
        guard let text = line[flag], !text.isEmpty else { return nil }
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let texts = part.split(separator: "-", omittingEmptySubsequences: false)
            let ends = texts.compactMap { Int($0) }
            guard (1...2).contains(texts.count), ends.count == texts.count, ends == ends.sorted() else {
                throw .conflict("Invalid value \(text) for \(flag)")
            }
        }
        return text
    }
}
