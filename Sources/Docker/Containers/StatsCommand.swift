import Commands
import ContainerRuntime
import Documents
import Terminal

/// `docker stats`: what containers use, live.
enum StatsCommand {
    static func make(_ engine: any Engine) -> Command {
        Command(
            "stats",
            summary: Localized(ko: "컨테이너가 쓰는 만큼을 보여 준다", en: "Display a live stream of resource usage"),
            usage: "[OPTIONS] [CONTAINER...]",
            flags: [
                Flag("all", short: "a", summary: Localized(ko: "멈춘 것까지", en: "Show stopped ones too")),
                Flag("no-stream", summary: Localized(ko: "한 번만", en: "Only the first result")),
                Flag("no-trunc", summary: Localized(ko: "자르지 않는다", en: "Don't truncate output")),
                Flag("format", .text, placeholder: "TEMPLATE", summary: Localized(ko: "출력 틀", en: "Go template")),
            ]
        ) { line, context in
            do throws(RuntimeError) {
                return try await watch(line, engine, context)
            } catch {
                return context.report(error)
            }
        }.completingContainers(engine) { $0.state.isAlive }
    }

    private static func watch(_ line: Invocation, _ engine: any Engine, _ context: CommandContext)
        async throws(RuntimeError) -> Int32
    {
        let isLive = !line.isOn("no-stream")
        var before: [String: ContainerStatistics] = [:]
        // A share of processor time needs two looks.
        for status in try await wanted(line, engine) { before[status.id] = try? await engine.statistics(status.id) }
        let format: String? = line["format"].flatMap { $0 == "table" ? nil : $0 }
        let redraws = isLive && format == nil && context.output.isTerminal
        repeat {
            guard (try? await Task.sleep(for: .seconds(1))) != nil else { break }
            let containers = try await wanted(line, engine)
            var rows: [StatisticsRow] = []
            for status in containers {
                let sample = try? await engine.statistics(status.id)
                rows.append(StatisticsRow(status, sample, before: before[status.id], whole: line.isOn("no-trunc")))
                before[status.id] = sample
            }
            guard try print(rows, format, redraws: redraws, context) else { return 0 }
            if isLive, !line.allArguments.isEmpty, !containers.contains(where: \.state.isAlive) { return 0 }
        } while isLive && !Task.isCancelled
        return Task.isCancelled ? 130 : 0
    }

    private static func wanted(_ line: Invocation, _ engine: any Engine) async throws(RuntimeError) -> [ContainerStatus]
    {
        guard !line.allArguments.isEmpty else {
            return await engine.containers().filter {
                DockerContainers.isOwn($0) && ($0.state.isAlive || line.isOn("all"))
            }.sorted { $0.createdAt > $1.createdAt }
        }
        var found: [ContainerStatus] = []
        for name in line.allArguments { found.append(try await engine.containerStatus(name)) }
        return found
    }

    /// - Returns: false if nobody reads any more.
    private static func print(
        _ rows: [StatisticsRow], _ format: String?, redraws: Bool, _ context: CommandContext
    ) throws(RuntimeError) -> Bool {
        if let format, !format.hasPrefix("table ") {
            let template = try FormatFlag.template(format)
            for row in rows {
                guard context.output.line(try FormatFlag.render(template, row.document)) else { return false }
            }
            return true
        }
        var text: String
        if let format {
            text = try FormatFlag.table(format, rows.map(\.document), headers: StatisticsRow.headers)
        } else {
            let header = [
                "CONTAINER ID", "NAME", "CPU %", "MEM USAGE / LIMIT", "MEM %", "NET I/O", "BLOCK I/O", "PIDS",
            ]
            text = TablePrinter(rows: [header] + rows.map(\.cells)).text(fitting: context.columns)
        }
        if rows.contains(where: \.isEmulated) {
            text += Localized(
                ko: "* 이 사용자는 cgroup 을 쓸 수 없어서, 커널 대신 kijabi 가 지켜보는 한도예요 (emulated).\n",
                en:
                    "* emulated: without control groups for this user, kijabi watches the limit instead of the kernel.\n"
            )(
                context.language)
        }
        // Home, and what is left of the picture before is wiped as it is overwritten.
        if redraws { text = "\u{1b}[H" + text.replacing("\n", with: "\u{1b}[K\n") + "\u{1b}[J" }
        return context.output.write(text)
    }
}

/// One line of `docker stats`.
struct StatisticsRow {
    let cells: [String]
    let document: JSONValue
    /// The limits in it are watched by kijabi.
    let isEmulated: Bool

    static let headers: [String: String] = [
        "Container": "CONTAINER", "ID": "CONTAINER ID", "Name": "NAME", "CPUPerc": "CPU %",
        "MemUsage": "MEM USAGE / LIMIT", "MemPerc": "MEM %", "NetIO": "NET I/O", "BlockIO": "BLOCK I/O", "PIDs": "PIDS",
    ]

    init(_ status: ContainerStatus, _ sample: ContainerStatistics?, before: ContainerStatistics?, whole: Bool) {
        let id = whole ? status.id : ShortID.of(status.id)
        let now = sample ?? ContainerStatistics(time: 0)
        isEmulated = status.limitsAreEmulated && sample != nil
        let percent = sample.flatMap { now in before.map { now.processorPercent(since: $0) } } ?? 0
        let share = now.memory.limit > 0 ? Double(now.memory.used) / Double(now.memory.limit) * 100 : 0
        let mark = isEmulated && status.resources.memory != nil ? "*" : ""
        let values: [(name: String, text: String)] = [
            ("ID", id), ("Name", status.name),
            ("CPUPerc", sample == nil ? "--" : Self.percent(percent)),
            (
                "MemUsage",
                sample == nil
                    ? "-- / --" : "\(ByteSize.binary(now.memory.used)) / \(ByteSize.binary(now.memory.limit))\(mark)"
            ),
            ("MemPerc", sample == nil ? "--" : Self.percent(share)),
            ("NetIO", "\(ByteSize.decimal(now.network.receivedBytes)) / \(ByteSize.decimal(now.network.sentBytes))"),
            ("BlockIO", "\(ByteSize.decimal(now.readBytes)) / \(ByteSize.decimal(now.writtenBytes))"),
            ("PIDs", sample == nil ? "--" : String(now.processes)),
        ]
        cells = values.map(\.text)
        var document = JSONObject(values.map { (key: $0.name, value: JSONValue.string($0.text)) })
        document["Container"] = .string(id)
        self.document = .object(document)
    }

    static func percent(_ value: Double) -> String {
        let scaled = Int((value * 100).rounded())
        let fraction = scaled % 100
        return "\(scaled / 100).\(fraction < 10 ? "0" : "")\(fraction)%"
    }
}
