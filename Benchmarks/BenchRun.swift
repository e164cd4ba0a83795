import Commands
import ContainerEngine
import ContainerRuntime
import Documents
import KubernetesAPI
import Terminal

/// One call of `kijabi bench`: measures what was asked for, tells how it goes on standard error, and prints the figures.
struct BenchRun {
    private let invocation: Invocation
    private let context: CommandContext
    private let house: BenchHouse

    init(engine: EngineConfiguration, program: String, _ invocation: Invocation, _ context: CommandContext) {
        self.invocation = invocation
        self.context = context
        house = BenchHouse(engine: engine, program: program, environment: context.environment)
    }

    func run() async -> Int32 {
        let names = invocation.allArguments
        for name in names where !Benchmarks.all.contains(where: { $0.name == name }) {
            let nearest = Suggestion.nearest(to: name, in: Benchmarks.all.map(\.name))
            let suggestion = nearest.map {
                Localized(ko: " 혹시 '\($0)'인가요?", en: " Did you mean '\($0)'?")(context.language)
            }
            context.error.line(
                Localized(ko: "kijabi bench: 그런 측정은 없어요: \(name).", en: "kijabi bench: no such benchmark: \(name).")(
                    context.language) + (suggestion ?? ""))
            return 2
        }
        if let count = invocation.integer("count"), count < 1 {
            context.error.line("kijabi bench: -n \(count): 1 …")
            return 2
        }
        var figures: [Figure] = []
        var status: Int32 = 0
        for benchmark in Benchmarks.all where names.isEmpty || names.contains(benchmark.name) {
            do {
                figures.append(try await measure(benchmark))
            } catch {
                progress("")
                if error is CancellationError || Task.isCancelled {
                    status = 130
                    break
                }
                context.error.line("kijabi bench: \(benchmark.name): \(Self.words(error))")
                if (error as? BenchmarkError)?.isAbsence != true { status = 1 }
            }
        }
        progress("")
        await house.close()
        write(figures)
        return status
    }

    /// A Pod that never becomes ready must not keep anybody waiting for ever.
    private static let limit = Duration.seconds(180)

    private func measure(_ benchmark: any Benchmark) async throws -> Figure {
        let measuring = Task { try await takeValues(benchmark) }
        let timer = Task {
            try await Task.sleep(for: Self.limit)
            measuring.cancel()
        }
        defer { timer.cancel() }
        do {
            return try await withTaskCancellationHandler {
                try await measuring.value
            } onCancel: {
                measuring.cancel()
            }
        } catch is CancellationError where !Task.isCancelled {
            throw BenchmarkError("not done in \(Self.limit)")
        }
    }

    private func takeValues(_ benchmark: any Benchmark) async throws -> Figure {
        var sampling = Sampling(
            count: invocation.integer("count") ?? benchmark.count, bareRuns: benchmark.bareRuns,
            report: { done, wanted in progress("\(benchmark.name) \(done)/\(wanted)") })
        progress("\(benchmark.name) …")
        try await benchmark.measure(house, &sampling)
        return Figure(
            name: benchmark.name, unit: benchmark.unit, goal: benchmark.goal, values: sampling.values,
            bare: benchmark is BareBenchmark ? sampling.values : sampling.bare)
    }

    /// One line that is written over and over; nothing where nobody sees it.
    private func progress(_ text: String) {
        guard context.error.isTerminal else { return }
        context.error.write("\r\u{1B}[K\(text)")
    }

    private func write(_ figures: [Figure]) {
        guard !figures.isEmpty else { return }
        if invocation.isOn("json") {
            context.output.line(JSONValue.array(figures.map(\.document)).prettyPrinted(indent: 2))
        } else {
            context.output.write(FigureTable(figures: figures).text(context.language, style: context.style))
            context.output.line(
                Localized(
                    ko: "목표는 조용한 컴퓨터, release 빌드에서예요. 다른 일이 돌고 있으면 P99부터 늘어나요.",
                    en: "Goals are for a quiet machine and a release build; whatever else runs shows in P99 first.")(
                        context.language))
        }
    }

    private static func words(_ error: any Error) -> String {
        switch error {
        case let status as Status: status.message
        case RuntimeError.unavailable(let reason): reason
        default: "\(error)"
        }
    }
}
