import Dockerfile
import OCI

/// HEALTHCHECK as an image keeps it.
enum HealthCheckSpans {
    static func check(
        _ instruction: HealthCheckInstruction, lines: ClosedRange<Int>
    ) throws(DockerfileError) -> ImageHealthCheck {
        guard let command = instruction.command else { return ImageHealthCheck(test: ["NONE"]) }
        var check = ImageHealthCheck(
            test: {
                switch command {
                case .exec(let words): ["CMD"] + words
                case .shell(let line): ["CMD-SHELL", line]
                }
            }())
        check.interval = try span(instruction.interval, "interval", lines)
        check.timeout = try span(instruction.timeout, "timeout", lines)
        check.startPeriod = try span(instruction.startPeriod, "start-period", lines)
        check.startInterval = try span(instruction.startInterval, "start-interval", lines)
        check.retries = instruction.retries.flatMap { $0 == 0 ? nil : $0 }
        return check
    }

    private static func span(
        _ text: String?, _ flag: String, _ lines: ClosedRange<Int>
    ) throws(DockerfileError) -> Int? {
        guard let text else { return nil }
        guard let nanoseconds = nanoseconds(text) else {
            throw DockerfileError(.arguments("time: invalid duration \"\(text)\" (--\(flag))"), lines: lines)
        }
        if nanoseconds == 0 { return nil }
        guard nanoseconds >= 1_000_000 else {
            throw DockerfileError(.arguments("Interval \"\(flag)\" cannot be less than 1ms"), lines: lines)
        }
        return nanoseconds
    }

    /// Go's time.ParseDuration: `1h15m30.5s`, `500ms`.
    static func nanoseconds(_ text: String) -> Int? {
        let units: [(String, Double)] = [
            ("ns", 1), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9),
        ]
        if text == "0" { return 0 }
        var rest = text[...]
        var sum = 0.0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            guard let value = Double(digits) else { return nil }
            rest = rest[digits.endIndex...]
            let name = rest.prefix { !$0.isNumber && $0 != "." }
            guard let unit = units.first(where: { $0.0 == name }) else { return nil }
            rest = rest[name.endIndex...]
            sum += value * unit.1
        }
        return sum < 9e18 ? Int(sum) : nil
    }
}
