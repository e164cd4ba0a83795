import ContainerRuntime
import Terminal

/// One thing that is measured, on the product's own path.
protocol Benchmark: Sendable {
    var name: String { get }
    /// What exactly is measured, for `--help`.
    var summary: Localized { get }
    var unit: Unit { get }
    var goal: Goal? { get }
    /// Values that are taken if nobody says how many.
    var count: Int { get }
    /// Bare processes beside each value.
    var bareRuns: Int { get }

    /// Prepares, adds values to `sampling` until it is complete, and clears up.
    func measure(_ house: BenchHouse, _ sampling: inout Sampling) async throws
}

extension Benchmark {
    var unit: Unit { .milliseconds }
    var goal: Goal? { nil }
    var bareRuns: Int { 1 }
}

/// The benchmarks, in the order in which they disturb each other least.
enum Benchmarks {
    static let all: [any Benchmark] =
        [
            BareBenchmark(), StartBenchmark(),
            RunBenchmark(name: "run-none", network: .none, goal: .ratio(atMost: 4)),
        ] + PeerBenchmark.all + [
            RunBenchmark(name: "run-net", network: .pod(subnet: "172.17.0.0/16"), goal: .ratio(atMost: 6)),
            ExecBenchmark(), PublishedPortBenchmark(figure: .throughput), PublishedPortBenchmark(figure: .latency),
            PublishedPortBenchmark(figure: .connection), IdleContainersBenchmark(figure: .start),
            IdleContainersBenchmark(figure: .remove),
            IdleContainersBenchmark(figure: .memory), DirtyPagesBenchmark(), LoadBenchmark(),
            PeerLoadBenchmark(), TarBenchmark(), BuildBenchmark(isCached: false),
            PeerBuildBenchmark(isCached: false), BuildBenchmark(isCached: true), PeerBuildBenchmark(isCached: true),
            RunToReadyBenchmark(),
            CreateBenchmark(), WatchBenchmark(), ScaleBenchmark(), EchoBenchmark(), IdleBenchmark(),
        ]
}

/// The measure of all others.
struct BareBenchmark: Benchmark {
    let name = "bare"
    let summary = Localized(
        ko: "아무것도 하지 않는 프로세스: vfork, exec, 기다림", en: "a process that does nothing: vfork, exec, wait")
    let count = 200

    func measure(_ house: BenchHouse, _ sampling: inout Sampling) async throws {
        while !sampling.isComplete { try await sampling.add(try await BareProcess.measure()) }
    }
}
