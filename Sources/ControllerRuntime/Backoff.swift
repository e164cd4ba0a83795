/// How long to wait before the next try: doubling from `base` up to `limit`, as client-go's per-item limiter does
/// (there 5 ms up to 1000 s).
public struct Backoff: Sendable, Hashable {
    public var base: Duration
    public var limit: Duration

    public init(base: Duration, limit: Duration) {
        self.base = base
        self.limit = limit
    }

    /// For failed reconciles: a learner should not wait minutes for a second try, so the limit is 30 s.
    public static let reconcile = Backoff(base: .milliseconds(5), limit: .seconds(30))

    /// For a lost list or watch.
    public static let watch = Backoff(base: .milliseconds(100), limit: .seconds(10))

    /// The wait after `failures` failures in a row (the first is 0: `base`).
    public func delay(failures: Int) -> Duration {
        var delay = base
        for _ in 0..<max(0, failures) {
            if delay >= limit { break }
            delay *= 2
        }
        return min(delay, limit)
    }
}
