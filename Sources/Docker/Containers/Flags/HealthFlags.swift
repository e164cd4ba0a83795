import Commands
import ContainerRuntime
import Terminal

/// How it is found out whether a container is well.
enum HealthFlags {
    static let flags: [Flag] = [
        Flag(
            "health-cmd", .text, placeholder: "COMMAND",
            summary: Localized(ko: "건강을 확인하는 명령", en: "Command that finds out about its health")),
        Flag(
            "health-interval", .text, placeholder: "DURATION",
            summary: Localized(ko: "확인 사이의 시간 [30s]", en: "Time between checks [30s]")),
        Flag(
            "health-timeout", .text, placeholder: "DURATION",
            summary: Localized(ko: "확인 하나의 시간 한도 [30s]", en: "Time one check may take [30s]")),
        Flag(
            "health-retries", .integer, placeholder: "N",
            summary: Localized(ko: "몇 번 이어 실패해야 아픈 것인지 [3]", en: "Failures in a row that count [3]")),
        Flag(
            "health-start-period", .text, placeholder: "DURATION",
            summary: Localized(ko: "처음에 봐주는 시간", en: "Time at the start in which failures do not count")),
        Flag(
            "health-start-interval", .text, placeholder: "DURATION",
            summary: Localized(ko: "그동안의 확인 사이 [5s]", en: "Time between checks meanwhile [5s]")),
        Flag("no-healthcheck", summary: Localized(ko: "건강을 확인하지 않는다", en: "Disable any health check")),
    ]

    /// - Parameter image: the image's own check, over which the flags count.
    static func apply(
        _ line: Invocation, image: HealthCheck?, to configuration: inout ContainerConfiguration
    ) throws(RuntimeError) {
        let given = [
            "health-cmd", "health-interval", "health-timeout", "health-retries", "health-start-period",
            "health-start-interval",
        ].filter { line.has($0) }
        if line.isOn("no-healthcheck") {
            guard given.isEmpty else {
                throw .conflict("--no-healthcheck conflicts with --health-* options")
            }
            configuration.healthCheck = HealthCheck(test: .none)
            return
        }
        guard !given.isEmpty else { return }
        var check = image ?? HealthCheck(test: .none)
        if let command = line["health-cmd"] { check.test = .shell(command) }
        if let interval = try duration(line, "health-interval") { check.interval = interval }
        if let timeout = try duration(line, "health-timeout") { check.timeout = timeout }
        if let period = try duration(line, "health-start-period") { check.startPeriod = period }
        if let interval = try duration(line, "health-start-interval") { check.startInterval = interval }
        if let retries = line.integer("health-retries") {
            if retries < 0 { throw .conflict("--health-retries cannot be negative") }
            check.retries = retries == 0 ? 3 : retries
        }
        configuration.healthCheck = check
    }

    private static func duration(_ line: Invocation, _ flag: String) throws(RuntimeError) -> Double? {
        guard let text = line[flag] else { return nil }
        guard let seconds = DurationFlag.seconds(text), seconds == 0 || seconds >= 0.001 else {
            throw .conflict("invalid argument \"\(text)\" for \"--\(flag)\" flag: time: invalid duration \"\(text)\"")
        }
        return seconds == 0 ? nil : seconds
    }
}
