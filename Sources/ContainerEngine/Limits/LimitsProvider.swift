import ContainerRuntime
import LinuxKernel

/// Finds out once how limits can be held here, and makes them.
protocol LimitsProvider: Sendable {
    func make(_ resources: Resources, container: String) throws(RuntimeError) -> any ResourceLimits
    /// A group of control groups in which nothing is limited, only to be frozen; nil where there is none.
    func makeFreezer(container: String) -> (any ResourceLimits)?
}

extension ContainerEngine {
    /// The limits of a container, made when it is first started; none if nothing is limited.
    func makeLimits(_ record: ContainerRecord) throws(RuntimeError) -> (any ResourceLimits)? {
        if let limits = record.limits { return limits }
        guard record.configuration.resources != Resources() else { return nil }
        let limits = try provider().make(record.configuration.resources, container: record.id)
        record.limits = limits
        record.status.limitsAreEmulated = limits.areEmulated
        return limits
    }

    func provider() throws(RuntimeError) -> any LimitsProvider {
        if let limitsProvider { return limitsProvider }
        // Unique on this machine, as the run directory's name is.
        let name = runDirectory.split(separator: "/").last ?? ""
        let found: any LimitsProvider
        if let groups = ControlGroupProvider(name: "kijabi-\(name)") {
            for path in groups.basePaths { try harbour.removeAtEnd(path) }
            found = groups
        } else {
            found = LimitWatcher()
        }
        limitsProvider = found
        return found
    }
}
