import Commands
import ContainerRuntime
import Terminal

/// `docker builder prune`, `docker buildx du`: the kept results of build steps.
enum BuildCacheCommand {
    static func prune(_ engine: any Engine) -> Command {
        Command(
            "prune", summary: Localized(ko: "빌드 캐시를 지운다", en: "Remove the build cache"), usage: "[OPTIONS]",
            flags: [
                Flag("force", short: "f", summary: Localized(ko: "묻지 않고", en: "Do not ask")),
                Flag("all", short: "a", summary: Localized(ko: "모두", en: "All of it")),
                Flag(
                    "filter", .list, placeholder: "until=24h",
                    summary: Localized(ko: "이보다 오래 쓰지 않은 것만", en: "Only what was not used for that long")),
            ]
        ) { line, context in
            do throws(RuntimeError) {
                let limit = try olderThan(line)
                if !line.isOn("force"), !(await confirm(context)) { return 0 }
                let gone = try await engine.pruneBuildCache(olderThan: limit)
                if !gone.isEmpty {
                    let rows = gone.map { entry in
                        [String(entry.key.prefix(25)), "true", ByteSize.decimal(entry.size), age(entry)]
                    }
                    let header = ["ID", "RECLAIMABLE", "SIZE", "LAST ACCESSED"]
                    context.output.write(TablePrinter(rows: [header] + rows).text())
                }
                let bytes = gone.filter { !$0.isShared }.reduce(0) { $0 + $1.size }
                context.output.line("Total:\t\(ByteSize.decimal(bytes))")
                return 0
            } catch {
                return context.report(error)
            }
        }
    }

    static func list(_ engine: any Engine) -> Command {
        Command("du", summary: Localized(ko: "빌드 캐시의 크기", en: "Disk usage of the build cache"), usage: "") {
            _, context in
            do throws(RuntimeError) {
                let entries = try await engine.buildCache()
                let rows = entries.map { entry in
                    [
                        String(entry.key.prefix(25)), "true",
                        ByteSize.decimal(entry.size) + (entry.isShared ? "*" : ""),
                        age(entry), String(entry.description.prefix(40)),
                    ]
                }
                let header = ["ID", "RECLAIMABLE", "SIZE", "LAST ACCESSED", "DESCRIPTION"]
                context.output.write(TablePrinter(rows: [header] + rows).text())
                context.output.line("Total:\t\(ByteSize.decimal(entries.reduce(0) { $0 + $1.size }))")
                return 0
            } catch {
                return context.report(error)
            }
        }
    }

    private static func age(_ entry: BuildCacheEntry) -> String {
        HumanDuration.text(seconds: max(0, Now.seconds - entry.lastUsedAt)) + " ago"
    }

    private static func olderThan(_ line: Invocation) throws(RuntimeError) -> Double? {
        for filter in line.all("filter") {
            guard filter.hasPrefix("until="), let seconds = seconds(String(filter.dropFirst(6))) else {
                throw .invalid(field: "filter", reason: "\(filter): expected until=24h")
            }
            return Now.seconds - seconds
        }
        return nil
    }

    /// `90m`, `24h`, `7d`.
    private static func seconds(_ text: String) -> Double? {
        guard let unit = text.last, let number = Double(text.dropLast()) else { return nil }
        switch unit {
        case "s": return number
        case "m": return number * 60
        case "h": return number * 3600
        case "d": return number * 86400
        default: return nil
        }
    }

    private static func confirm(_ context: CommandContext) async -> Bool {
        context.output.line("WARNING! This will remove all dangling build cache.")
        context.output.write("Are you sure you want to continue? [y/N] ")
        let answer = await InputStream(descriptor: context.input).readLine() ?? ""
        return ["y", "yes"].contains(answer.lowercased())
    }
}
