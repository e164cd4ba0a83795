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
                    "since", .text, placeholder: "DURATION",
                    summary: Localized(ko: "최근 10m, 1h 만", en: "Only the last 10s, 10m, 1h")),
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
        if let since = line["since"] {
            guard let seconds = DurationFlag.seconds(since) else {
                throw .invalid(field: "--since", reason: "'\(since)' is no duration (try 10s, 5m, 1h)")
            }
            options.since = Now.seconds - seconds
        }
        for await entry in try await runtime.logs(status.id, options) {
            let stream = entry.stream == .output ? context.output : context.error
            if line.isOn("timestamps") { stream.write(TimeText.rfc3339(entry.time) + " ") }
            guard stream.write(entry.bytes) else { break }
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
            default: return nil
            }
        }
        return text.isEmpty ? nil : total
    }
}
