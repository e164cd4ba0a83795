import Commands
import ContainerRuntime
import Terminal

/// How a container begins, ends and begins again.
enum LifeFlags {
    static let flags: [Flag] = [
        Flag("rm", summary: Localized(ko: "끝나면 지운다", en: "Remove it when it has exited")),
        Flag(
            "init",
            summary: Localized(ko: "고아를 거두는 작은 1번 프로세스", en: "A tiny process 1 that reaps and passes signals on")),
        Flag(
            "restart", .text, placeholder: "POLICY",
            summary: Localized(
                ko: "끝나면 다시 켠다: no, on-failure[:횟수], always, unless-stopped",
                en: "Start it again: no, on-failure[:N], always, unless-stopped")),
        Flag(
            "stop-signal", .text, placeholder: "SIGNAL",
            summary: Localized(ko: "멈출 때 보낼 신호", en: "Signal that stops it")),
        Flag(
            "stop-timeout", .integer, placeholder: "SECONDS",
            summary: Localized(ko: "그 뒤 기다릴 시간", en: "Seconds to wait for it to stop")),
        Flag(
            "pull", .text, placeholder: "WHEN",
            summary: Localized(ko: "이미지를 언제 받아 올지", en: "Pull the image before running"),
            allowed: PullPolicy.allCases.map(\.rawValue)),
        Flag("platform", .text, placeholder: "OS/ARCH", summary: Localized(ko: "플랫폼", en: "Platform of the image")),
        Flag("log-driver", .text, placeholder: "DRIVER", summary: Localized(ko: "로그를 어떻게 둘지", en: "Logging driver")),
        Flag(
            "log-opt", .list, placeholder: "NAME=VALUE",
            summary: Localized(ko: "max-size, max-file", en: "max-size, max-file")),
    ]

    static func apply(_ line: Invocation, to configuration: inout ContainerConfiguration) throws(RuntimeError) {
        configuration.removeOnExit = line.isOn("rm")
        configuration.usesInit = line.isOn("init")
        if let text = line["restart"] { configuration.restartPolicy = try policy(text) }
        if configuration.removeOnExit, configuration.restartPolicy != .never {
            throw .conflict("conflicting options: cannot specify both --restart and --rm")
        }
        if let signal = line["stop-signal"] {
            guard let number = SignalName.number(signal) else { throw .conflict("invalid signal: \(signal)") }
            configuration.stopSignal = number
        }
        configuration.stopTimeout = line.integer("stop-timeout")
        if let policy = line["pull"].flatMap({ PullPolicy(rawValue: $0) }) { configuration.pullPolicy = policy }
        configuration.platform = line["platform"]
        switch line["log-driver"] {
        case nil, "json-file", "local": break
        case "none": configuration.log.isDiscarded = true
        case let driver?:
            throw .conflict("logger: no log driver named '\(driver)' is registered")
        }
        for text in line.all("log-opt") {
            let pair = text.split(separator: "=", maxSplits: 1).map(String.init)
            switch (pair.first, pair.count > 1 ? pair[1] : "") {
            case ("max-size", let value):
                guard let size = ByteSize.parse(value), size > 0 else {
                    throw .conflict("invalid value for max-size: \(value)")
                }
                configuration.log.maximumSize = size
            case ("max-file", let value):
                guard let count = Int(value), count >= 1 else {
                    throw .conflict("max-file cannot be less than 1")
                }
                configuration.log.maximumFiles = count
            case ("mode", _), ("compress", _), ("tag", _), ("labels", _), ("env", _): break
            default: throw .conflict("unknown log opt '\(pair.first ?? "")' for json-file log driver")
            }
        }
    }

    static func policy(_ text: String) throws(RuntimeError) -> RestartPolicy {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if parts.count > 1, parts[0] != "on-failure" {
            throw .conflict("invalid restart policy: maximum retry count can only be used with 'on-failure'")
        }
        switch parts[0] {
        case "no", "": return .never
        case "always": return .always
        case "unless-stopped": return .unlessStopped
        case "on-failure":
            guard parts.count > 1 else { return .onFailure(maximumRetries: nil) }
            guard let retries = Int(parts[1]) else {
                throw .conflict("invalid restart policy format: maximum retry count must be an integer")
            }
            guard retries >= 0 else {
                throw .conflict("invalid restart policy: maximum retry count cannot be negative")
            }
            return .onFailure(maximumRetries: retries == 0 ? nil : retries)
        default:
            throw .conflict(
                "invalid restart policy: unknown policy '\(parts[0])'; use one of 'no', 'always', 'on-failure', or "
                    + "'unless-stopped'")
        }
    }
}
