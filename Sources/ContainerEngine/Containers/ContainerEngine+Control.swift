import CLinux
public import ContainerRuntime
import Glibc
import LinuxKernel

extension ContainerEngine: ContainerControl {
    public func renameContainer(_ id: String, to name: String) async throws(RuntimeError) {
        let record = try record(id)
        try Self.checkName(name)
        if let other = namesToIDs[name] {
            if other == record.id {
                throw .conflict("Renaming a container with the same name as its current name")
            }
            throw .nameInUse(name: name, by: other)
        }
        let before = record.status.name
        namesToIDs[before] = nil
        namesToIDs[name] = record.id
        record.status.name = name
        record.status.configuration.name = name
        await renameEndpoints(of: record)
        announce(.rename, record, detail: before)
    }

    public func stopContainer(_ id: String, grace: Duration?) async throws(RuntimeError) {
        let record = try record(id)
        let seconds = record.configuration.stopTimeout ?? 10
        // Some hundred years are for ever.
        let own: Duration = seconds < 0 ? .seconds(10_000_000_000) : .seconds(seconds)
        try await stopContainer(record.id, grace: grace ?? own)
    }

    public func restartContainer(_ id: String, grace: Duration?) async throws(RuntimeError) {
        let record = try record(id)
        try await stopContainer(record.id, grace: grace)
        try await startContainer(record.id)
        announce(.restart, record)
    }

    public func killContainer(_ id: String, signal number: Int32) async throws(RuntimeError) {
        let record = try record(id)
        guard record.status.state.isAlive, let process = record.process else {
            throw .conflict("cannot kill container: \(id): container \(record.id) is not running")
        }
        record.wasStopped = true
        try signal(process, number)
        announce(.kill, record, signal: number)
        if number == SIGKILL { thaw(record) }
    }

    public func waitContainer(_ id: String, until condition: WaitCondition) async throws(RuntimeError) -> ExitStatus {
        let record = try record(id)
        switch condition {
        case .notRunning:
            if record.status.state == .created || record.status.state == .exited {
                return record.status.exit ?? ExitStatus(code: 0)
            }
            return try await record.exit.wait()
        case .nextExit:
            if record.exit.outcome != nil { record.exit = ExitPromise() }
            return try await record.exit.wait()
        case .removed: return try await record.removal.wait()
        }
    }

    public func removeContainer(_ id: String, force: Bool, volumes: Bool) async throws(RuntimeError) {
        let record = try record(id)
        try await removeContainer(record.id, force: force)
        if volumes { await removeAnonymousVolumes(record) }
    }

    /// Removes the volumes that were made for it alone.
    func removeAnonymousVolumes(_ record: ContainerRecord) async {
        for mount in record.configuration.mounts where mount.isAnonymous {
            if case .volume(let name) = mount.source { try? await removeVolume(name) }
        }
    }

    public func containerSize(_ id: String) async throws(RuntimeError) -> (writable: Int, root: Int) {
        let record = try record(id)
        let upper = record.status.upperDirectory
        let lowers = record.status.lowerDirectories
        return await KernelThread.run("container-size") {
            let writable = upper.map(DirectorySize.bytes) ?? 0
            return (writable, lowers.reduce(writable) { $0 + DirectorySize.bytes($1) })
        }
    }

    public func updateContainer(_ id: String, _ update: ContainerUpdate) async throws(RuntimeError) {
        let record = try record(id)
        guard record.status.state != .removing else {
            throw .conflict("Container is marked for removal and cannot be \"update\".")
        }
        if let policy = update.restartPolicy {
            if record.configuration.removeOnExit, policy != .never {
                throw .conflict("Restart policy cannot be updated because AutoRemove is enabled for the container")
            }
            record.status.configuration.restartPolicy = policy
        }
        let wanted = try Self.merge(record.status.resources, update)
        if wanted != record.status.resources {
            try apply(wanted, to: record)
            record.status.resources = wanted
            record.status.configuration.resources = wanted
        }
        announce(.update, record)
    }

    private static func merge(_ old: Resources, _ update: ContainerUpdate) throws(RuntimeError) -> Resources {
        var new = old
        if let memory = update.memory { new.memory = memory == 0 ? nil : memory }
        if let total = update.memoryAndSwap { new.memoryAndSwap = total == 0 ? nil : total }
        if let reservation = update.memoryReservation { new.memoryReservation = reservation == 0 ? nil : reservation }
        if let memory = new.memory, let total = new.memoryAndSwap, total >= 0, total < memory {
            throw .conflict(
                "Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same "
                    + "time")
        }
        if let cpus = update.cpus {
            new.cpus = cpus == 0 ? nil : cpus
            new.cpuQuota = nil
        }
        if let quota = update.cpuQuota {
            if new.cpus != nil {
                throw .conflict("Conflicting options: CPU Quota cannot be updated as NanoCPUs has already been set")
            }
            new.cpuQuota = quota
        }
        if let period = update.cpuPeriod { new.cpuPeriod = period }
        if let shares = update.cpuShares { new.cpuShares = shares }
        if let cpuset = update.cpuset { new.cpuset = cpuset }
        if let nodes = update.memoryNodes { new.memoryNodes = nodes }
        if let pids = update.pids { new.pids = pids > 0 ? pids : nil }
        return new
    }

    private func apply(_ wanted: Resources, to record: ContainerRecord) throws(RuntimeError) {
        if let limits = record.limits {
            try limits.update(wanted)
        } else if let process = record.process {
            let limits = try provider().make(wanted, container: record.id, whenKilled: whenKilled(record.id))
            record.limits = limits
            moveProcesses(of: process, into: limits)
            limits.containerStarted(pid: process.pid)
        }
        if let limits = record.limits {
            record.status.limitsAreEmulated = limits.areEmulated
            if let process = record.process { moveProcesses(of: process, into: limits) }
        }
    }
}

/// What files take on a disk.
enum DirectorySize {
    /// Bytes of all regular files below a directory, each once however many names it has.
    static func bytes(_ path: String) -> Int {
        var seen: Set<UInt64> = []
        var total = 0
        var waiting = [path]
        while let directory = waiting.popLast() {
            guard let entries = opendir(directory) else { continue }
            defer { closedir(entries) }
            while let entry = readdir(entries) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name == "." || name == ".." { continue }
                var status = stat()
                guard lstat("\(directory)/\(name)", &status) == 0 else { continue }
                if status.st_mode & S_IFMT == S_IFDIR {
                    waiting.append("\(directory)/\(name)")
                } else if status.st_mode & S_IFMT == S_IFREG, seen.insert(UInt64(status.st_ino)).inserted {
                    total += Int(status.st_size)
                }
            }
        }
        return total
    }
}
