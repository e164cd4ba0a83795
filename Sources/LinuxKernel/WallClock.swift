import Glibc

/// The machine's clock of the day.
public enum WallClock {
    /// Seconds since 1970, with fraction.
    public static func seconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
