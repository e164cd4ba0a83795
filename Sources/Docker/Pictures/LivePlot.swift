import Commands
import ContainerRuntime
import Terminal

/// Samples of some containers, drawn in one place as they come; where there is no terminal, once at the end.
struct LivePlot {
    private let use: PlottedUse
    private let length: Duration
    private let context: CommandContext
    private let streams: [(name: String, samples: AsyncStream<ContainerStatistics>)]

    init(
        _ use: PlottedUse, _ names: [String], _ length: Duration, _ interval: Duration, _ engine: any Engine,
        _ context: CommandContext
    ) async throws(RuntimeError) {
        self.use = use
        self.length = length
        self.context = context
        var streams: [(String, AsyncStream<ContainerStatistics>)] = []
        for name in names {
            let id = try await engine.containerStatus(name).id
            streams.append((name, try await engine.statistics(id, every: interval)))
        }
        self.streams = streams
    }

    /// - Returns: 130 if it was interrupted; the picture then shows what there was.
    func run() async -> Int32 {
        let (samples, continuation) = AsyncStream.makeStream(of: (index: Int, sample: ContainerStatistics).self)
        let readers = Task { [streams] in
            await withTaskGroup(of: Void.self) { group in
                for (index, stream) in streams.enumerated() {
                    group.addTask { for await sample in stream.samples { continuation.yield((index, sample)) } }
                }
            }
            // All containers have ended.
            continuation.finish()
        }
        let clock = Task { [length] in
            try? await Task.sleep(for: length)
            continuation.finish()
        }
        var history = PlotHistory(use: use, names: streams.map(\.name), length: length / .seconds(1))
        let canvas = Canvas(context.output, environment: context.environment, style: context.style)
        let isLive = context.output.isTerminal
        var picture = LivePicture()
        await withTaskCancellationHandler {
            for await (index, sample) in samples {
                history.add(sample, to: index)
                if isLive, !(await context.output.send(picture.frame(history.plot.lines(canvas)))) { break }
            }
        } onCancel: {
            continuation.finish()
        }
        readers.cancel()
        clock.cancel()
        let isInterrupted = Task.isCancelled
        let lines =
            (isLive ? [] : history.plot.lines(canvas)) + history.notes(context.language, columns: canvas.columns)
        context.output.write(lines.map { $0 + "\n" }.joined())
        return isInterrupted ? 130 : 0
    }
}

/// What was sampled, and what it means.
struct PlotHistory {
    let use: PlottedUse
    let names: [String]
    /// Seconds.
    let length: Double
    private var samples: [[ContainerStatistics]]

    init(use: PlottedUse, names: [String], length: Double) {
        self.use = use
        self.names = names
        self.length = length
        samples = names.map { _ in [] }
    }

    mutating func add(_ sample: ContainerStatistics, to index: Int) {
        samples[index].append(sample)
    }

    var plot: LinePlot {
        let begin = samples.compactMap(\.first?.time).min() ?? 0
        let series = zip(names, samples).map { name, samples in
            LinePlot.Series(
                VisibleText.cell(name),
                zip(samples, samples.dropFirst()).map { earlier, sample in
                    LinePlot.Point(x: sample.time - begin, y: use.value(sample, since: earlier))
                })
        }
        let highest = series.flatMap(\.points).map(\.y).max() ?? 0
        return LinePlot(
            series: series, yUnit: use.unit, xLimit: length,
            // One whole processor is what people compare with.
            yLimit: use == .cpu ? max(100, LinePlot.roundLimit(highest)) : nil)
    }

    func notes(_ language: Language, columns: Int) -> [String] {
        var notes: [Localized] = []
        for (name, samples) in zip(names, samples) {
            guard let first = samples.first, let last = samples.last, samples.count > 1 else { continue }
            switch use {
            case .cpu:
                let average = Int(last.processorPercent(since: first).rounded())
                var (korean, english) = ("\(name): 평균 \(average)%", "\(name): \(average)% on average")
                let periods = last.processor.periods - first.processor.periods
                if periods > 0 {
                    let waited = last.processor.throttledPeriods - first.processor.throttledPeriods
                    korean += ", \(periods)번의 주기 가운데 \(waited)번 멈춰 기다림"
                    english += ", made to wait in \(waited) of \(periods) periods"
                }
                notes.append(Localized(ko: korean, en: english))
            case .memory:
                let peak = samples.map(\.memory.used).max() ?? 0
                notes.append(
                    Localized(
                        ko: "\(name): 가장 많을 때 \(ByteSize.binary(peak))", en: "\(name): \(ByteSize.binary(peak)) at most"
                    ))
            }
        }
        return notes.flatMap { LineWrap.lines(VisibleText.lines($0(language)), columns: columns) }
    }
}
