import Glibc

/// The monotonic clock, in milliseconds.
struct Stopwatch {
    private let start: Double

    init() { start = Self.now }

    /// Milliseconds since it was made.
    var elapsed: Double { Self.now - start }

    static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1_000_000
    }
}
