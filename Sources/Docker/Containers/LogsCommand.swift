import Commands
import ContainerRuntime
import Terminal

/// `docker logs`
enum LogsCommand {
    static func make(_ runtime: any ContainerRuntime) -> Command {
        Command(
            "logs", summary: Localized(ko: "컨테이너가 한 말", en: "Fetch the logs of a container"),
            usage: "[OPTIONS] CONTAINER",
            flags: [
                Flag("follow", short: "f", summary: Localized(ko: "계속 따라간다", en: "Follow log output")),
                Flag(
                    "tail", short: "n", .text, placeholder: "N",
                    summary: Localized(ko: "마지막 N 줄", en: "Number of lines from the end"), fallback: "all"),
                Flag("timestamps", short: "t", summary: Localized(ko: "시각을 붙인다", en: "Show timestamps")),
                Flag(
                    "since", .text, placeholder: "TIME",
                    summary: Localized(
                        ko: "이때부터 (10m, 2026-01-02T15:04:05)", en: "Only since then (10m, 2026-01-02T15:04:05)")),
                Flag("until", .text, placeholder: "TIME", summary: Localized(ko: "이때까지", en: "Only before that time")),
                Flag(
                    "details", summary: Localized(ko: "로그에 딸린 것도", en: "Show extra details provided to logs")),
            ]
        ) { line, context in
            guard line.allArguments.count == 1 else {
                return context.reportUsage("'docker logs' requires exactly 1 argument", command: "logs")
            }
            do throws(RuntimeError) {
                return try await print(line, runtime, context)
            } catch {
                return context.report(error)
            }
        }.completingContainers(runtime, onlyFirst: true)
    }

    private static func print(_ line: Invocation, _ runtime: any ContainerRuntime, _ context: CommandContext)
        async throws(RuntimeError) -> Int32
    {
        let status = try await runtime.containerStatus(line.allArguments[0])
        var options = LogOptions(follow: line.isOn("follow"))
        if let tail = line["tail"], tail != "all" {
            guard let count = Int(tail), count >= 0 else {
                throw .invalid(field: "--tail", reason: "'\(tail)' is no number of lines")
            }
            options.tail = count
        }
        options.since = try TimeFlag.seconds(line, "since")
        options.until = try TimeFlag.seconds(line, "until")
        if status.configuration.log.isDiscarded {
            throw .conflict("configured logging driver does not support reading")
        }
        for await entry in try await runtime.logs(status.id, options) {
            let stream = entry.stream == .output ? context.output : context.error
            let time = line.isOn("timestamps") ? TimeText.rfc3339(entry.time) + " " : ""
            // Nothing is added to logs by any option here, so the details are none.
            let details = line.isOn("details") ? " " : ""
            guard stream.write(Array((time + details).utf8) + entry.bytes) else { return Task.isCancelled ? 130 : 1 }
        }
        return Task.isCancelled ? 130 : 0
    }
}

/// A span of time as Go writes it: `1h30m`, `10s`, `500ms`.
enum DurationFlag {
    static func seconds(_ text: String) -> Double? {
        if let seconds = Double(text), seconds >= 0 { return seconds }
        var rest = text[...]
        var total = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber || $0 == "." }
            guard let value = Double(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            switch unit {
            case "h": total += value * 3600
            case "m": total += value * 60
            case "s": total += value
            case "ms": total += value / 1000
            case "us", "µs": total += value / 1e6
            case "ns": total += value / 1e9
            case "d": total += value * 86400
            default: return nil
            }
        }
        return text.isEmpty ? nil : total
    }
}
