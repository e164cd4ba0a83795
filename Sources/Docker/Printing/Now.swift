import Glibc

/// The wall clock.
enum Now {
    /// Seconds since 1970, with fraction.
    static var seconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// RFC 3339 with nanoseconds in UTC, as docker prints times.
enum TimeText {
    static func rfc3339(_ seconds: Double?, hasFraction: Bool = true) -> String {
        guard let seconds else { return "0001-01-01T00:00:00Z" }
        var whole = time_t(seconds.rounded(.down))
        var parts = tm()
        gmtime_r(&whole, &parts)
        var buffer = [CChar](repeating: 0, count: 32)
        strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%S", &parts)
        guard hasFraction else { return CString.text(buffer) + "Z" }
        let nanoseconds = String(Int((seconds - Double(whole)) * 1e9))
        let zeros = String(repeating: "0", count: max(0, 9 - nanoseconds.count))
        return CString.text(buffer) + "." + zeros + nanoseconds + "Z"
    }

    /// `2026-01-02 15:04:05 +0900 KST`, local, as `docker ps --format` prints it.
    static func zoned(_ seconds: Double) -> String {
        var whole = time_t(seconds.rounded(.down))
        var parts = tm()
        localtime_r(&whole, &parts)
        var buffer = [CChar](repeating: 0, count: 48)
        strftime(&buffer, buffer.count, "%Y-%m-%d %H:%M:%S %z %Z", &parts)
        return CString.text(buffer)
    }

    /// Hours and minutes, local.
    static func clock(_ seconds: Double) -> String {
        var whole = time_t(seconds)
        var parts = tm()
        localtime_r(&whole, &parts)
        var buffer = [CChar](repeating: 0, count: 8)
        strftime(&buffer, buffer.count, "%H:%M", &parts)
        return CString.text(buffer)
    }
}
