public import ControllerRuntime

/// How patient a kubelet is.
public struct KubeletTiming: Sendable {
    /// Before a container that keeps exiting is started again. Kubernetes waits 10 s, doubling up to 5 min; a learner
    /// who watches a crash loop sees the same shape in a tenth of the time.
    public var restart: Backoff
    /// Before an image that could not be got is tried again (Kubernetes: as for `restart`).
    public var image: Backoff
    /// Before a sandbox, or a container whose configuration was wrong, is tried again.
    public var retry: Backoff
    /// How often the node's Lease is renewed, and for how long a renewal holds (Kubernetes: 10 s and 40 s).
    public var leaseRenewal: Duration
    public var leaseDuration: Duration
    /// How often the node's status is reported though it has not changed (Kubernetes: 5 min).
    public var statusReport: Duration
    /// A program that has just been executed does not listen yet. For so long after a start, probes that fail are
    /// repeated without being counted; in Kubernetes the same time passes before the first probe, because the kubelet
    /// looks at its containers once a second.
    public var probeWarmUp: Duration

    public init(
        restart: Backoff = Backoff(base: .seconds(1), limit: .seconds(30)),
        image: Backoff = Backoff(base: .seconds(1), limit: .seconds(30)),
        retry: Backoff = Backoff(base: .milliseconds(200), limit: .seconds(10)),
        leaseRenewal: Duration = .seconds(1), leaseDuration: Duration = .seconds(4),
        statusReport: Duration = .seconds(300), probeWarmUp: Duration = .seconds(1)
    ) {
        self.restart = restart
        self.image = image
        self.retry = retry
        self.leaseRenewal = leaseRenewal
        self.leaseDuration = leaseDuration
        self.statusReport = statusReport
        self.probeWarmUp = probeWarmUp
    }

    /// The times of a real cluster.
    public static let kubernetes = KubeletTiming(
        restart: Backoff(base: .seconds(10), limit: .seconds(300)),
        image: Backoff(base: .seconds(10), limit: .seconds(300)), leaseRenewal: .seconds(10),
        leaseDuration: .seconds(40))
}
