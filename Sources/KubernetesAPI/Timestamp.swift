/// A moment in UTC as API objects write it: RFC 3339 with whole seconds (`metav1.Time`) or with microseconds
/// (`metav1.MicroTime`, used by Leases and Events).
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Time since 1970-01-01T00:00:00Z, leap seconds not counted.
    public var sinceEpoch: Duration

    public init(sinceEpoch: Duration) {
        self.sinceEpoch = sinceEpoch
    }

    public init(secondsSinceEpoch seconds: Int) {
        sinceEpoch = .seconds(seconds)
    }

    /// Reads `YYYY-MM-DDTHH:MM:SS[.fraction](Z|±HH:MM)` (RFC 3339 §5.6); nil for anything else.
    public init?(_ text: String) {
        var scanner = Scanner(bytes: Array(text.utf8))
        guard let year = scanner.number(digits: 4), scanner.take("-"),
            let month = scanner.number(digits: 2), (1...12).contains(month), scanner.take("-"),
            let day = scanner.number(digits: 2), (1...31).contains(day), scanner.take("T") || scanner.take("t"),
            let hour = scanner.number(digits: 2), hour < 24, scanner.take(":"),
            let minute = scanner.number(digits: 2), minute < 60, scanner.take(":"),
            let second = scanner.number(digits: 2), second <= 60
        else { return nil }
        var fraction = Duration.zero
        if scanner.take(".") {
            guard let nanoseconds = scanner.nanoseconds() else { return nil }
            fraction = .nanoseconds(nanoseconds)
        }
        var offset = 0
        if !(scanner.take("Z") || scanner.take("z")) {
            let sign: Int
            if scanner.take("+") {
                sign = 1
            } else if scanner.take("-") {
                sign = -1
            } else {
                return nil
            }
            guard let hours = scanner.number(digits: 2), scanner.take(":"), let minutes = scanner.number(digits: 2)
            else { return nil }
            offset = sign * (hours * 3600 + minutes * 60)
        }
        guard scanner.isAtEnd else { return nil }
        let days = Self.days(year: year, month: month, day: day)
        guard Self.date(days: days) == (year, month, day) else { return nil }
        sinceEpoch = .seconds(days * 86_400 + hour * 3600 + minute * 60 + second - offset) + fraction
    }

    /// `2026-01-31T09:05:00Z`, the fraction cut off.
    public var text: String { render(fraction: nil) }

    /// `2026-01-31T09:05:00.123456Z`
    public var microText: String {
        render(fraction: Int(sinceEpoch.components.attoseconds / 1_000_000_000_000))
    }

    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.sinceEpoch < right.sinceEpoch }

    public static func + (moment: Timestamp, span: Duration) -> Timestamp {
        Timestamp(sinceEpoch: moment.sinceEpoch + span)
    }

    public static func - (later: Timestamp, earlier: Timestamp) -> Duration { later.sinceEpoch - earlier.sinceEpoch }

    private func render(fraction: Int?) -> String {
        let seconds = Int(sinceEpoch.components.seconds)
        let secondsOfDay = ((seconds % 86_400) + 86_400) % 86_400
        let (year, month, day) = Self.date(days: (seconds - secondsOfDay) / 86_400)
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        var text = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T"
        text += "\(padded(secondsOfDay / 3600, 2)):\(padded(secondsOfDay / 60 % 60, 2)):\(padded(secondsOfDay % 60, 2))"
        if let fraction { text += ".\(padded(fraction, 6))" }
        return text + "Z"
    }

    /// Days since 1970-01-01 of a date of the proleptic Gregorian calendar. Years are counted from March, so that the
    /// leap day is the last of its year.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let marchYear = month > 2 ? year : year - 1
        let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func date(days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    private struct Scanner {
        let bytes: [UInt8]
        var index = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { index == bytes.count }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
            index += 1
            return true
        }

        mutating func digit() -> Int? {
            guard index < bytes.count, (0x30...0x39).contains(bytes[index]) else { return nil }
            defer { index += 1 }
            return Int(bytes[index]) - 0x30
        }

        mutating func number(digits: Int) -> Int? {
            var value = 0
            for _ in 0..<digits {
                guard let digit = digit() else { return nil }
                value = value * 10 + digit
            }
            return value
        }

        /// The digits after the decimal point; those past the ninth are dropped.
        mutating func nanoseconds() -> Int? {
            guard var value = digit() else { return nil }
            var count = 1
            while let digit = digit() {
                guard count < 9 else { continue }
                value = value * 10 + digit
                count += 1
            }
            for _ in count..<9 { value *= 10 }
            return value
        }
    }
}
