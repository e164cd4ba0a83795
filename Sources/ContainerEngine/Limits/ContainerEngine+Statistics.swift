public import ContainerRuntime
import Glibc
import LinuxKernel

extension ContainerEngine: StatisticsService {
    public func statistics(_ id: String) async throws(RuntimeError) -> ContainerStatistics {
        let record = try record(id)
        guard let process = record.process else {
            throw .wrongState(id: record.id, state: record.status.state, wanted: "is not running")
        }
        var sample = ContainerStatistics(time: configuration.now())
        let pids = Self.pids(sharingMounts: process.pid)
        let held = record.limits?.usage() ?? LimitsUsage()
        let counted = ProcessUsage(of: pids, withMemory: held.memory == nil)
        let resources = record.status.resources
        let processors = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        sample.processor = ContainerStatistics.Processor(
            usedSeconds: held.usedSeconds ?? counted.userSeconds + counted.systemSeconds,
            userSeconds: held.userSeconds ?? counted.userSeconds,
            systemSeconds: held.usedSeconds.map { $0 - (held.userSeconds ?? 0) } ?? counted.systemSeconds,
            processors: processors, periods: held.periods, throttledPeriods: held.throttledPeriods,
            throttledSeconds: held.throttledSeconds)
        sample.memory = held.memory ?? ContainerStatistics.Memory(used: counted.memory, swap: counted.swap)
        if let watched = record.limits as? WatchedLimits, watched.peak > 0 { sample.memory.peak = watched.peak }
        sample.memory.limit = min(resources.memory ?? MachineMemory.total, MachineMemory.total)
        if let network = sandboxesByID[record.status.sandboxID]?.configuration.network, network != .host {
            sample.network = ProcessUsage.network(of: process.pid)
        }
        sample.readBytes = counted.readBytes
        sample.writtenBytes = counted.writtenBytes
        sample.processes = held.processes ?? counted.threads
        sample.processLimit = resources.pids
        sample.isEstimated = held.memory == nil
        return sample
    }

    public func statistics(
        _ id: String, every interval: Duration
    ) async throws(RuntimeError) -> AsyncStream<ContainerStatistics> {
        let first = try await statistics(id)
        let (stream, continuation) = AsyncStream.makeStream(
            of: ContainerStatistics.self, bufferingPolicy: .bufferingNewest(64))
        continuation.yield(first)
        let task = Task { [weak self] in
            var next = ContinuousClock.now
            while !Task.isCancelled {
                next = next.advanced(by: interval)
                // Behind, if the machine was busy: not all that was missed at once.
                if next < .now { next = .now }
                try? await Task.sleep(until: next, clock: .continuous)
                guard let sample = try? await self?.statistics(id) else { break }
                continuation.yield(sample)
            }
            continuation.finish()
        }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }

    /// The processes of a container: every container has a mount namespace of its own, whatever else it shares.
    static func pids(sharingMounts pid: Int32) -> [Int32] {
        guard let namespace = ProcessFiles.link("/proc/\(pid)/ns/mnt") else { return [] }
        return ProcessFiles.all().filter { ProcessFiles.link("/proc/\($0)/ns/mnt") == namespace }
    }
}
