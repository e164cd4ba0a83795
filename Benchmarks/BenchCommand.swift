public import Commands
public import ContainerEngine
import Documents
import Terminal

/// `kijabi bench`
public enum BenchCommand {
    /// - Parameters:
    ///   - engine: as the shell starts it; asked for once a run.
    ///   - program: the path of kijabi itself, which some benchmarks start on a terminal.
    public static func make(engine: @escaping @Sendable () -> EngineConfiguration, program: String) -> Command {
        func details(_ language: Language) -> String {
            let rows = Benchmarks.all.map { ["  \($0.name)", $0.summary(language)] }
            return TablePrinter(rows: rows).text()
        }
        return Command(
            "bench",
            summary: Localized(
                ko: "kijabi가 얼마나 빠른지 이 컴퓨터의 맨 프로세스와 나란히 재요.",
                en: "Measures how fast kijabi is, side by side with bare processes of this machine."),
            usage: "[NAME…] [--json] [-n COUNT]",
            details: Localized(ko: details(.korean), en: details(.english)),
            flags: [
                Flag("json", summary: Localized(ko: "JSON으로 쓰기", en: "write JSON")),
                Flag(
                    "count", short: "n", .integer, placeholder: "COUNT",
                    summary: Localized(ko: "몇 번씩 잴지", en: "how many values to take of each")),
            ],
            completeArgument: { _, _, _ in Benchmarks.all.map { Completion($0.name) } },
            run: { invocation, context in
                await BenchRun(engine: engine(), program: program, invocation, context).run()
            })
    }
}
