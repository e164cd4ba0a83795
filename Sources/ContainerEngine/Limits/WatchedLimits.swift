import ContainerRuntime
import Glibc
import LinuxKernel
import Synchronization

/// Limits where the kernel lets this user have no control groups: a thread looks at the containers that have some, twenty
/// times a second, kills what takes too much memory and stops for a moment what takes too much processor time. Called
/// emulated wherever they are shown. The number of processes is held by the kernel all the same (`RLIMIT_NPROC`).
final class LimitWatcher: LimitsProvider {
    private let watched = Mutex<(all: [ObjectIdentifier: WatchedLimits], isRunning: Bool)>(([:], false))
    private static let period = timespec(tv_sec: 0, tv_nsec: 50_000_000)

    func make(
        _ resources: Resources, container: String, whenKilled: @escaping @Sendable () -> Void
    ) throws(RuntimeError) -> any ResourceLimits {
        WatchedLimits(resources, watcher: self, whenKilled: whenKilled)
    }

    func makeFreezer(container: String, whenKilled: @escaping @Sendable () -> Void) -> (any ResourceLimits)? { nil }

    func add(_ limits: WatchedLimits) {
        let mustStart = watched.withLock { watched in
            watched.all[ObjectIdentifier(limits)] = limits
            defer { watched.isRunning = true }
            return !watched.isRunning
        }
        if mustStart { KernelThread.start("limit-watcher") { [self] in run() } }
    }

    func remove(_ limits: WatchedLimits) {
        watched.withLock { _ = $0.all.removeValue(forKey: ObjectIdentifier(limits)) }
    }

    private func run() {
        while true {
            let all = watched.withLock { watched in
                if watched.all.isEmpty { watched.isRunning = false }
                return Array(watched.all.values)
            }
            if all.isEmpty { return }
            for limits in all { limits.look() }
            // Polling is what this is: the kernel tells nobody about another's memory.
            var period = Self.period
            nanosleep(&period, nil)
        }
    }
}

final class WatchedLimits: ResourceLimits, Sendable {
    private struct State {
        var pid: Int32 = 0
        var startedAt = ContinuousClock.now
        /// Whether one was killed for memory since the start, and whether that has yet to be told.
        var killedForMemory = false
        var hasNewKills = false
        /// Processor time of processes that have ended since, and what was last seen of each.
        var pastSeconds = 0.0
        var lastSeconds: [Int32: Double] = [:]
        var isStopped = false
        /// Somebody paused it: then nothing is to be let go.
        var isPaused = false
        var peak = 0
        var looks = 0
        var looksStopped = 0
        var resources: Resources
    }

    private let watcher: LimitWatcher
    private let whenKilled: @Sendable () -> Void
    private let state: Mutex<State>
    let areEmulated = true
    let memberships: [FileDescriptor] = []

    init(_ resources: Resources, watcher: LimitWatcher, whenKilled: @escaping @Sendable () -> Void) {
        self.whenKilled = whenKilled
        state = Mutex(State(resources: resources))
        self.watcher = watcher
    }

    func containerStarted(pid: Int32) {
        let resources = state.withLock { state in
            state = State(pid: pid, resources: state.resources)
            return state.resources
        }
        if resources.memory != nil || resources.effectiveCPUs != nil { watcher.add(self) }
    }

    func containerEnded() -> Bool {
        watcher.remove(self)
        return state.withLock { $0.killedForMemory }
    }

    func hasNewKills() -> Bool {
        state.withLock { state in
            defer { state.hasNewKills = false }
            return state.hasNewKills
        }
    }

    func remove() {
        watcher.remove(self)
    }

    func update(_ resources: Resources) throws(RuntimeError) {
        if resources.cpuset != nil {
            throw .unavailable(reason: "the control group controller 'cpuset' is not available here")
        }
        let pid = state.withLock { state in
            state.resources = resources
            // What it has used so far was under another limit.
            state.startedAt = .now
            state.pastSeconds = 0
            state.lastSeconds = [:]
            return state.pid
        }
        if pid > 0, resources.memory != nil || resources.effectiveCPUs != nil { watcher.add(self) }
    }

    func adopt(_ pids: [Int32]) -> Bool { true }
    func makeFreezer() -> Bool { false }

    /// Not frozen here, but what is stopped by others must not be let go.
    func freeze(_ isFrozen: Bool) -> Bool {
        state.withLock { $0.isPaused = isFrozen }
        return false
    }

    func usage() -> LimitsUsage {
        state.withLock { state in
            var usage = LimitsUsage()
            usage.periods = state.looks
            usage.throttledPeriods = state.looksStopped
            usage.throttledSeconds = Double(state.looksStopped) * 0.05
            return usage
        }
    }

    /// The most memory it was seen with.
    var peak: Int { state.withLock { $0.peak } }

    func look() {
        let hasKilled = state.withLock { state in
            if state.isPaused { return false }
            let tree = ProcessTree.below(state.pid)
            let resources = state.resources
            state.peak = max(state.peak, tree.reduce(0) { $0 + $1.status.residentBytes })
            let hasKilled = resources.memory.map { Self.holdMemory($0, tree, &state) } ?? false
            if let cpus = resources.effectiveCPUs { Self.holdProcessor(cpus, tree, &state) }
            return hasKilled
        }
        if hasKilled { whenKilled() }
    }

    /// - Returns: whether one was killed.
    private static func holdMemory(
        _ limit: Int, _ tree: [(pid: Int32, status: ProcessStatus)], _ state: inout State
    ) -> Bool {
        guard tree.reduce(0, { $0 + $1.status.residentBytes }) > limit,
            let largest = tree.max(by: { $0.status.residentBytes < $1.status.residentBytes })
        else { return false }
        // The container's first process counts as the kernel's choice would: its end is the container's end.
        guard kill(largest.pid, SIGKILL) == 0 else { return false }
        state.killedForMemory = true
        state.hasNewKills = true
        return true
    }

    /// Stops all processes as long as they are ahead of what they may have used so far.
    private static func holdProcessor(
        _ cpus: Double, _ tree: [(pid: Int32, status: ProcessStatus)], _ state: inout State
    ) {
        var current: [Int32: Double] = [:]
        for (pid, status) in tree { current[pid] = status.cpuSeconds }
        for (pid, seconds) in state.lastSeconds where current[pid] == nil { state.pastSeconds += seconds }
        state.lastSeconds = current
        state.looks += 1
        if state.isStopped { state.looksStopped += 1 }
        let used = state.pastSeconds + current.values.reduce(0, +)
        let elapsed = (ContinuousClock.now - state.startedAt) / .seconds(1)
        // What was not used is not saved up for long.
        if used < (elapsed - 0.1) * cpus {
            state.pastSeconds += (elapsed - 0.1) * cpus - used
        }
        let mustStop = used > elapsed * cpus
        guard mustStop || state.isStopped else { return }
        state.isStopped = mustStop
        for (pid, _) in tree { kill(pid, mustStop ? SIGSTOP : SIGCONT) }
    }
}

/// A process and all that descend from it.
enum ProcessTree {
    static func below(_ root: Int32) -> [(pid: Int32, status: ProcessStatus)] {
        var found: [(pid: Int32, status: ProcessStatus)] = []
        var waiting = [root]
        while let pid = waiting.popLast() {
            guard let status = ProcessStatus(pid: pid) else { continue }
            found.append((pid, status))
            // proc_pid_children(5); a process that starts others from several threads hides some for one look.
            let children = (try? ProcessFiles.read("/proc/\(pid)/task/\(pid)/children")) ?? []
            waiting += children.split(separator: UInt8(ascii: " ")).compactMap {
                Int32(String(decoding: $0, as: UTF8.self))
            }
        }
        return found
    }
}
