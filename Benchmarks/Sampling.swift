/// Collects the values of one benchmark, and between them those of bare processes, so that both meet the same machine.
struct Sampling {
    /// How many values are wanted.
    let count: Int
    private(set) var values: [Double] = []
    private(set) var bare: [Double] = []
    private let bareRuns: Int
    private let report: @Sendable (Int, Int) -> Void

    /// - Parameters:
    ///   - bareRuns: bare processes beside each value.
    ///   - report: told how many values there are, and how many are wanted.
    init(count: Int, bareRuns: Int, report: @escaping @Sendable (Int, Int) -> Void) {
        self.count = count
        self.bareRuns = bareRuns
        self.report = report
    }

    var isComplete: Bool { values.count >= count }

    /// Takes a value.
    /// - Throws: `CancellationError`, if the person has seen enough.
    mutating func add(_ value: Double) async throws {
        values.append(value)
        for _ in 0..<bareRuns { bare.append(try await BareProcess.measure()) }
        report(values.count, count)
        try Task.checkCancellation()
    }
}
