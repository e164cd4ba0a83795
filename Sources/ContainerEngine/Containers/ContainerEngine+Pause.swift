public import ContainerRuntime
import Glibc
import LinuxKernel

extension ContainerEngine {
    public func pauseContainer(_ id: String) async throws(RuntimeError) {
        let record = try record(id)
        guard record.status.state == .running, let process = record.process else {
            throw .conflict(
                record.status.state == .paused
                    ? "Container \(record.id) is already paused"
                    : "Container \(record.id) is not running")
        }
        // A group of its own, with which those processes go that the container starts from now on.
        if record.limits == nil {
            record.limits = try? provider().makeFreezer(container: record.id, whenKilled: whenKilled(record.id))
        }
        if let limits = record.limits, limits.makeFreezer() { moveProcesses(of: process, into: limits) }
        if record.limits?.freeze(true) != true { signalAll(process, SIGSTOP) }
        record.status.state = .paused
        announce(.pause, record)
    }

    public func unpauseContainer(_ id: String) async throws(RuntimeError) {
        let record = try record(id)
        guard record.status.state == .paused else { throw .conflict("Container \(record.id) is not paused") }
        thaw(record)
        announce(.unpause, record)
    }

    /// Lets a paused container go on; no other is touched.
    func thaw(_ record: ContainerRecord) {
        guard record.status.state == .paused, let process = record.process else { return }
        if record.limits?.freeze(false) != true { signalAll(process, SIGCONT) }
        record.status.state = .running
    }

    /// Takes all processes of a container in, also those that are made meanwhile.
    func moveProcesses(of process: RunningProcess, into limits: any ResourceLimits) {
        var moved: Set<Int32> = []
        for _ in 0..<20 {
            let new = Self.pids(sharingMounts: process.pid).filter { !moved.contains($0) }
            if new.isEmpty { return }
            _ = limits.adopt(new)
            moved.formUnion(new)
        }
    }

    /// To every process of a container, until no new one turns up.
    private func signalAll(_ process: RunningProcess, _ signal: Int32) {
        var reached: Set<Int32> = []
        for _ in 0..<20 {
            let new = Self.pids(sharingMounts: process.pid).filter { !reached.contains($0) }
            if new.isEmpty { return }
            for pid in new { kill(pid, signal) }
            reached.formUnion(new)
        }
    }
}
