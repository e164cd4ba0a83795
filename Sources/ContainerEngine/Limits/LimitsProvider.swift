import ContainerRuntime
import LinuxKernel

/// Finds out once how limits can be held here, and makes them.
protocol LimitsProvider: Sendable {
    /// - Parameter whenKilled: called on some thread when a process of the container has been killed for memory.
    func make(
        _ resources: Resources, container: String, whenKilled: @escaping @Sendable () -> Void
    ) throws(RuntimeError) -> any ResourceLimits
    /// A group of control groups in which nothing is limited, only to be frozen; nil where there is none.
    func makeFreezer(container: String, whenKilled: @escaping @Sendable () -> Void) -> (any ResourceLimits)?
}

extension ContainerEngine {
    /// The limits of a container, made when it is first started; none if nothing is limited.
    func makeLimits(_ record: ContainerRecord) throws(RuntimeError) -> (any ResourceLimits)? {
        if let limits = record.limits { return limits }
        guard record.configuration.resources != Resources() else { return nil }
        let limits = try provider().make(
            record.configuration.resources, container: record.id, whenKilled: whenKilled(record.id))
        record.limits = limits
        record.status.limitsAreEmulated = limits.areEmulated
        return limits
    }

    /// For its limits to tell that a process of it was killed for memory.
    func whenKilled(_ id: String) -> @Sendable () -> Void {
        { [weak self] in
            Task { await self?.processKilled(id) }
        }
    }

    private func processKilled(_ id: String) {
        guard let record = containersByID[id], record.process != nil else { return }
        tellKills(record)
    }

    /// Tells of kills that have not been told of yet. Also to be called at the container's end, which may be heard of
    /// first.
    func tellKills(_ record: ContainerRecord) {
        if record.limits?.hasNewKills() == true { announce(.oom, record) }
    }

    func provider() throws(RuntimeError) -> any LimitsProvider {
        if let limitsProvider { return limitsProvider }
        let found: any LimitsProvider
        // Unique on this machine, as the run directory's name is.
        if let groups = ControlGroupProvider(name: RunDirectory.groupName(runDirectory)) {
            // Without the note, whoever clears up looks where its own groups are.
            try? RunDirectory.note(groups: groups.basePaths, in: runDirectory)
            for path in groups.basePaths { try harbour.removeAtEnd(path) }
            found = groups
        } else {
            found = LimitWatcher()
        }
        limitsProvider = found
        return found
    }
}
