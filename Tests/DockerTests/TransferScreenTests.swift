import ContainerRuntime
import Terminal
import Testing

@testable import Docker

@Suite struct TransferScreenTests {
    private func log(_ steps: [(String, TransferEvent.Step)]) -> TransferLog {
        var log = TransferLog()
        for (layer, step) in steps { _ = log.apply(layer, step) }
        return log
    }

    @Test("A layer's line is docker's, with a bar that fits")
    func lines() {
        let half = TransferEvent.Step.downloading(current: 5_000_000, total: 10_000_000)
        #expect(
            TransferScreen.line("5cc84ad355aa", half, 120)
                == "5cc84ad355aa: Downloading [\(String(repeating: "=", count: 25))>\(String(repeating: " ", count: 24))] 5MB/10MB"
        )
        #expect(TransferScreen.line("5cc84ad355aa", .pullComplete, 80) == "5cc84ad355aa: Pull complete")
        #expect(TransferScreen.line("5cc84ad355aa", half, 40) == "5cc84ad355aa: Downloading 5MB/10MB")
        #expect(TransferScreen.line("5cc84ad355aa", .mounted(from: "a/b"), 80) == "5cc84ad355aa: Mounted from a/b")
    }

    @Test("No line is wider than the terminal, whatever comes", arguments: [20, 24, 40, 60, 80, 110, 200])
    func widths(columns: Int) {
        for step: TransferEvent.Step in [
            .downloading(current: 0, total: 0), .extracting(current: 123_456_789, total: 123_456_790),
            .pushing(current: 12, total: 5), .mounted(from: String(repeating: "한글/", count: 30)), .waiting,
        ] {
            #expect(DisplayWidth.of(TransferScreen.line("5cc84ad355aa", step, columns)) < columns)
        }
    }

    @Test("More layers than lines are counted, those at work shown")
    func manyLayers() {
        var steps: [(String, TransferEvent.Step)] = (0..<40).map { ("layer\($0)", .pullComplete) }
        steps[37].1 = .downloading(current: 1, total: 2)
        steps[38].1 = .waiting
        let lines = TransferScreen.lines(log(steps), columns: 80, rows: 24)
        #expect(lines.first == "38/40 layers complete")
        #expect(lines.count == 3)
        #expect(lines.last == "layer38: Waiting")
        #expect(TransferScreen.lines(log(steps), columns: 80, rows: .max).count == 40)
    }

    @Test("Going on in the same state is no news")
    func news() {
        var log = TransferLog()
        let steps: [TransferEvent.Step] = [
            .pullingLayer, .downloading(current: 1, total: 2), .downloading(current: 2, total: 2), .downloadComplete,
        ]
        let news = steps.map { log.apply("a", $0) }
        #expect(news == [true, true, false, true])
    }

    @Test("Registries are known by whatever name people give them")
    func registries() {
        for hub in ["", "docker.io", "https://index.docker.io/v1/", "registry-1.docker.io"] {
            #expect(RegistryName.normalized(hub) == "docker.io", "\(hub)")
        }
        #expect(RegistryName.normalized("https://localhost:5000/v2/") == "localhost:5000")
        #expect(RegistryName.shown("docker.io") == "https://index.docker.io/v1/")
    }

    @Test("A port is no tag")
    func tags() {
        #expect(!ImageName.hasTag("localhost:5000/a"))
        #expect(ImageName.hasTag("localhost:5000/a:1"))
        #expect(ImageName.hasTag("a@sha256:00"))
        #expect(!ImageName.hasTag("busybox"))
    }
}
