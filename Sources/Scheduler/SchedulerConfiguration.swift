public import ControllerRuntime

/// What can be set about the scheduler.
public struct SchedulerConfiguration: Sendable, Hashable {
    /// Pods that name another `spec.schedulerName` are left alone.
    public var schedulerName = "default-scheduler"

    /// Decides between nodes that are equally good.
    public var seed: UInt64 = 0

    /// How soon a Pod that found no place is tried again after a change that may help. Kubernetes: 1 s doubling to 10 s
    /// (`podInitialBackoffSeconds`, `podMaxBackoffSeconds`); shorter here, because a learner is watching.
    public var backoff = Backoff(base: .milliseconds(50), limit: .seconds(5))

    public init() {}
}
