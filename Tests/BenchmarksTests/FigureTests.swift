import Documents
import Terminal
import Testing

@testable import Benchmarks

@Suite struct FigureTests {
    @Test func percentilesLieBetweenTheNearestRanks() {
        let distribution = Distribution([4, 1, 3, 2, 5])
        #expect(distribution.percentile(0) == 1)
        #expect(distribution.median == 3)
        #expect(distribution.percentile(100) == 5)
        #expect(distribution.percentile(10) == 1.4)
        #expect(abs(distribution.percentile(99) - 4.96) < 1e-9)
        #expect(Distribution([7]).percentile(99) == 7)
        #expect(Distribution([]).median == 0)
    }

    @Test func durationsAreDividedByBareOnes() throws {
        let figure = Figure(
            name: "exec", unit: .milliseconds, goal: .median(atMost: 2), values: [1, 2, 3], bare: [0.4, 0.5, 0.6])
        #expect(figure.ratioToBare == 4)
        #expect(figure.goal?.isReached(by: figure) == true)
        #expect(Goal.ratio(atMost: 3.9).isReached(by: figure) == false)
        #expect(Goal.p99(atMost: 2.9).isReached(by: figure) == false)
    }

    @Test func ratesAreDividedByTheirDuration() {
        let figure = Figure(name: "api-create", unit: .operations, goal: nil, values: [10_000], bare: [0.5])
        #expect(figure.ratioToBare == 0.2)
        let idle = Figure(name: "idle-cpu", unit: .percent, goal: nil, values: [1], bare: [0.5])
        #expect(idle.ratioToBare == nil)
    }

    @Test func theDocumentHasTheFieldsOfTheContract() throws {
        let figure = Figure(name: "bare", unit: .milliseconds, goal: nil, values: [0.5], bare: [0.5])
        #expect(
            figure.document.jsonText
                == #"{"name":"bare","unit":"ms","n":1,"p10":0.5,"median":0.5,"p99":0.5,"ratio_to_bare":1}"#)
        let idle = Figure(name: "idle-cpu", unit: .percent, goal: nil, values: [1.23456], bare: [])
        #expect(idle.document["ratio_to_bare"]?.isNull == true)
        #expect(idle.document["median"]?.double == 1.2346)
    }

    @Test(arguments: [
        (0.5124, "0.512"), (4.076, "4.08"), (15.04, "15.0"), (150.6, "151"), (32_100.4, "32100"), (6, "6"),
        (0.05, "0.050"),
        (9.999, "10.00"), (0, "0"),
    ])
    func numbersAreShort(value: Double, text: String) {
        #expect(Figure.number(value) == text)
    }

    @Test func theTableHasTheGoalAndItsMark() {
        let good = Figure(name: "exec", unit: .milliseconds, goal: .median(atMost: 2), values: [1], bare: [0.5])
        let bad = Figure(name: "run-none", unit: .milliseconds, goal: .ratio(atMost: 6), values: [5], bare: [0.5])
        let text = FigureTable(figures: [good, bad]).text(.english, style: Style(isEnabled: false))
        let lines = text.split(separator: "\n")
        #expect(lines[0].hasPrefix("NAME"))
        #expect(lines[1].hasSuffix("≤ 2 ms       ✓"))
        #expect(lines[2].hasSuffix("≤ 6 × bare   ✗"))
    }

    @Test func theNamesAreThoseOfTheContract() {
        #expect(
            Benchmarks.all.map(\.name).sorted()
                == [
                    "api-create", "bare", "build-cached", "build-small", "echo", "exec", "idle-cpu", "idle-memory",
                    "load-180", "peer-bwrap",
                    "peer-crun",
                    "peer-podman", "peer-podman-build", "peer-podman-cached", "peer-podman-load", "peer-runc",
                    "peer-tar", "port-connection", "port-latency",
                    "port-throughput", "remove-100",
                    "run-dirty", "run-net", "run-none", "run-to-ready",
                    "scale-100", "start", "start-100", "watch",
                ])
    }

    @Test func bareProcessesAreMeasured() async throws {
        let elapsed = try await BareProcess.measure()
        #expect(elapsed > 0.05 && elapsed < 1000)
    }
}
