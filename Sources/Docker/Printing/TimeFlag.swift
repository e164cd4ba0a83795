import Commands
import ContainerRuntime
import Glibc

/// A moment as docker's `--since` and `--until` take it: a span before now (`10m`, `1h30m`), seconds since 1970 with an
/// optional fraction, or a time of RFC 3339 in which the end may be missing.
enum TimeFlag {
    /// - Returns: seconds since 1970, or nil where the flag was not given.
    static func seconds(_ line: Invocation, _ flag: String) throws(RuntimeError) -> Double? {
        guard let text = line[flag] else { return nil }
        guard let seconds = seconds(text, now: Now.seconds) else {
            throw .conflict("invalid value for \"\(flag)\": failed to parse value as time or duration: \"\(text)\"")
        }
        return seconds
    }

    static func seconds(_ text: String, now: Double) -> Double? {
        if let number = Double(text), !text.contains("e") { return number }
        if let span = DurationFlag.seconds(text) { return now - span }
        return date(text)
    }

    /// `2006-01-02`, `2006-01-02T15:04`, `2006-01-02T15:04:05.999Z`, `…+09:00`; without a zone it is local.
    private static func date(_ text: String) -> Double? {
        var rest = text[...]
        func number(_ digits: Int) -> Int32? {
            guard rest.count >= digits, let value = Int32(rest.prefix(digits)),
                rest.prefix(digits).allSatisfy(\.isNumber)
            else { return nil }
            rest = rest.dropFirst(digits)
            return value
        }
        func skip(_ character: Character) -> Bool {
            guard rest.first == character else { return false }
            rest = rest.dropFirst()
            return true
        }
        guard let year = number(4), skip("-"), let month = number(2), skip("-"), let day = number(2) else { return nil }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday, parts.tm_isdst) = (year - 1900, month - 1, day, -1)
        var fraction = 0.0
        if skip("T") || skip(" ") {
            guard let hour = number(2) else { return nil }
            parts.tm_hour = hour
            if skip(":") {
                guard let minute = number(2) else { return nil }
                parts.tm_min = minute
                if skip(":") {
                    guard let second = number(2) else { return nil }
                    parts.tm_sec = second
                    if rest.first == "." {
                        let digits = rest.dropFirst().prefix(while: \.isNumber)
                        fraction = Double("0.\(digits)") ?? 0
                        rest = rest.dropFirst(1 + digits.count)
                    }
                }
            }
        }
        switch rest.first {
        case nil: return Double(mktime(&parts)) + fraction
        case "Z" where rest.count == 1: return Double(timegm(&parts)) + fraction
        case "+", "-":
            let sign = rest.first == "+" ? -1.0 : 1.0
            rest = rest.dropFirst()
            guard let hours = number(2), skip(":"), let minutes = number(2), rest.isEmpty else { return nil }
            return Double(timegm(&parts)) + fraction + sign * Double(hours * 3600 + minutes * 60)
        default: return nil
        }
    }
}
