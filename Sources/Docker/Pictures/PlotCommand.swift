public import Commands
public import ContainerRuntime
import Terminal

/// `plot`: what containers use over time, drawn while it happens.
public enum PlotCommand {
    public static func make(_ engine: any Engine) -> Command {
        var plot = Command(
            "plot",
            summary: Localized(
                ko: "쓰는 자원을 그림으로 보기", en: "Draw what containers use"),
            examples: [
                (
                    "plot cpu free limited",
                    Localized(ko: "두 컨테이너의 프로세서 사용을 겹쳐 보기", en: "Two containers' processor use in one picture")
                ),
                (
                    "plot memory --seconds 5 web",
                    Localized(ko: "web 의 메모리를 5초 동안", en: "The memory of web for 5 seconds")
                ),
            ])
        plot.subcommands = PlottedUse.allCases.map { command($0, engine) }
        return plot
    }

    private static func command(_ use: PlottedUse, _ engine: any Engine) -> Command {
        Command(
            use.rawValue, summary: use.summary, usage: "NAME [NAME...]",
            flags: [
                Flag(
                    "seconds", short: "s", .integer, placeholder: "N",
                    summary: Localized(ko: "몇 초 동안 (1~600)", en: "For how long (1 to 600)"), fallback: "10"),
                Flag(
                    "every", .integer, placeholder: "MS",
                    summary: Localized(ko: "몇 밀리초마다 (50~5000)", en: "A sample every so many milliseconds (50 to 5000)"),
                    fallback: "250"),
            ],
            completeArgument: { _, _, _ in
                await DockerContainers.completions(engine) { $0.state == .running }
            },
            run: { line, context in
                guard let seconds = line.integer("seconds"), (1...600).contains(seconds),
                    let every = line.integer("every"), (50...5000).contains(every), !line.allArguments.isEmpty,
                    line.allArguments.count <= 4
                else {
                    context.error.line(
                        "plot \(use.rawValue): plot \(use.rawValue) [-s 1…600] [--every 50…5000] NAME (1…4)")
                    return 2
                }
                do throws(RuntimeError) {
                    let plot = try await LivePlot(
                        use, line.allArguments, .seconds(seconds), .milliseconds(every), engine, context)
                    return await plot.run()
                } catch {
                    return context.report(error)
                }
            })
    }
}

/// What can be plotted.
enum PlottedUse: String, CaseIterable, Sendable {
    case cpu, memory

    var summary: Localized {
        switch self {
        case .cpu: Localized(ko: "프로세서: 100% 는 하나를 다 쓴다는 뜻", en: "Processor time: 100% is one whole processor")
        case .memory: Localized(ko: "메모리 (MiB)", en: "Memory (MiB)")
        }
    }

    var unit: String {
        switch self {
        case .cpu: "%"
        case .memory: "M"
        }
    }

    /// - Parameter earlier: the sample before it.
    func value(_ sample: ContainerStatistics, since earlier: ContainerStatistics) -> Double {
        switch self {
        case .cpu: sample.processorPercent(since: earlier)
        case .memory: Double(sample.memory.used) / 1_048_576
        }
    }
}
