import Glibc

/// Times as the image configuration writes them: `2026-11-23T15:00:00Z`.
enum RFC3339 {
    static func text(seconds: Int) -> String {
        var time = time_t(seconds)
        var parts = tm()
        gmtime_r(&time, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))T"
            + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
    }

    /// The seconds since 1970 of a time in UTC (its fraction is dropped), or nil.
    static func seconds(_ text: String) -> Int? {
        let numbers = text.split { !$0.isNumber }.prefix(6).compactMap { Int32($0) }
        guard numbers.count == 6, text.hasSuffix("Z") else { return nil }
        var parts = tm()
        parts.tm_year = numbers[0] - 1900
        parts.tm_mon = numbers[1] - 1
        parts.tm_mday = numbers[2]
        parts.tm_hour = numbers[3]
        parts.tm_min = numbers[4]
        parts.tm_sec = numbers[5]
        return timegm(&parts)
    }
}
