/// What became of one cell when it was run again.
public enum CellComparison: Sendable, Hashable {
    case same
    /// Both texts in comparable form, or the two exit statuses.
    case differs(recorded: String, now: String)
    case statusDiffers(recorded: Int32, now: Int32)
    /// The recording says that its output is chance, or breaks off in it; only its status was compared.
    case notComparable
    case couldNotRun(String)
}

/// Runs a recording again for real and compares cell by cell.
public struct TranscriptVerifier {
    /// How a cell ended in the new run.
    public struct Result: Sendable {
        public var status: Int32
        public var output: String

        public init(status: Int32, output: String) {
            self.status = status
            self.output = output
        }
    }

    public struct Report: Sendable {
        public var cells: [(cell: Transcript.Cell, comparison: CellComparison)]
        /// Share of the recorded bytes that the comparison could not look at, 0 to 1.
        public var maskedShare: Double

        public var isSame: Bool {
            cells.allSatisfy { _, comparison in
                comparison == .same || comparison == .notComparable
            }
        }
    }

    let transcript: Transcript

    public init(_ transcript: Transcript) {
        self.transcript = transcript
    }

    /// - Parameters:
    ///   - run: runs a cell as it would be typed; nil means that it could not be run.
    ///   - report: told of every cell as soon as it has been compared.
    public func verify(
        run: (Transcript.Cell) async -> Result?,
        report: (Transcript.Cell, CellComparison) -> Void
    ) async -> Report {
        var recorded = OutputNormaliser()
        var now = OutputNormaliser()
        var cells: [(cell: Transcript.Cell, comparison: CellComparison)] = []
        for cell in transcript.cells {
            let before = recorded.normalised(cell.output)
            let comparison: CellComparison
            if let result = await run(cell) {
                let after = now.normalised(result.output)
                if let status = cell.status, status != result.status {
                    comparison = .statusDiffers(recorded: status, now: result.status)
                } else if !cell.isComparable || cell.status == nil {
                    comparison = .notComparable
                } else {
                    comparison = before == after ? .same : .differs(recorded: before, now: after)
                }
            } else {
                comparison = .couldNotRun("")
            }
            cells.append((cell, comparison))
            report(cell, comparison)
            if Task.isCancelled { break }
        }
        let share = recorded.totalBytes == 0 ? 0 : Double(recorded.maskedBytes) / Double(recorded.totalBytes)
        return Report(cells: cells, maskedShare: share)
    }
}
