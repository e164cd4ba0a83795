import Commands
import Documents
import Terminal

/// `vm compare`
enum CompareVerb {
    static func command(_ comparison: Comparison) -> Command {
        Command(
            "compare",
            summary: Localized(
                ko: "컨테이너와 가상 머신을 나란히 재 본다", en: "Measure a container and a virtual machine side by side"),
            flags: [
                Flag(
                    "runs", short: "n", .integer, placeholder: "N",
                    summary: Localized(ko: "각각 몇 번", en: "How many of each"), fallback: "3"),
                Flag("json", summary: Localized(ko: "JSON 으로", en: "As JSON")),
            ]
        ) { line, context in
            guard let runs = line.integer("runs"), (1...50).contains(runs) else {
                context.error.line("vm compare: --runs: \(line["runs"] ?? "")  (1…50)")
                return 125
            }
            let progress = CompareProgress(context, runs: runs)
            do throws(MachineError) {
                let result = try await comparison.measure(runs: runs) { progress.show($0) }
                progress.finish()
                let report = ComparisonReport(result: result, runs: runs)
                if line.isOn("json") {
                    context.output.line(report.document.prettyPrinted())
                } else {
                    let canvas = Canvas(context.output, environment: context.environment, style: context.style)
                    await context.output.send(report.text(context.language, canvas))
                }
                return 0
            } catch {
                progress.finish()
                return context.report(error)
            }
        }
    }
}

/// Which run is being made, in one line of a terminal.
private struct CompareProgress: Sendable {
    let context: CommandContext
    let runs: Int

    init(_ context: CommandContext, runs: Int) {
        self.context = context
        self.runs = runs
    }

    func show(_ step: Comparison.Step) {
        guard context.error.isTerminal else { return }
        let text =
            switch step {
            case .container(let run): Localized(ko: "컨테이너 \(run)/\(runs)", en: "container \(run)/\(runs)")
            case .machine(let run): Localized(ko: "가상 머신 \(run)/\(runs)", en: "virtual machine \(run)/\(runs)")
            case .tries(let accelerator):
                Localized(
                    ko: "가상 머신을 켜는 중 (\(accelerator.rawValue))",
                    en: "starting the virtual machine (\(accelerator.rawValue))")
            }
        context.error.write("\r\u{1B}[K" + context.style(text(context.language), .dim))
    }

    func finish() {
        if context.error.isTerminal { context.error.write("\r\u{1B}[K") }
    }
}
