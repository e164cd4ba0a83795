import ContainerRuntime

/// What has happened in a build so far, by step.
struct BuildLog: Sendable {
    struct Step: Sendable {
        var number: Int
        var name: String
        /// Seconds since the build began.
        var begin: Double
        var end: (time: Double, how: BuildEvent.End)?
        var details: [String] = []
        /// Downloads that are on their way.
        var transfers: [(name: String, sizes: String, begin: Double)] = []
        /// The last lines of output, with the seconds since the step began; the very last may lack its end.
        var output: [(time: Double, text: String)] = []
        fileprivate var isLineOpen = false

        var isInternal: Bool { name.hasPrefix("[internal]") }

        fileprivate mutating func take(transfer name: String, _ sizes: String, isDone: Bool, _ time: Double) {
            let index = transfers.firstIndex { $0.name == name }
            if isDone {
                if let index { transfers.remove(at: index) }
            } else if let index {
                transfers[index].sizes = sizes
            } else {
                transfers.append((name, sizes, time))
            }
        }

        /// Takes output.
        fileprivate mutating func take(_ bytes: [UInt8], _ time: Double) {
            for part in String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
                .enumerated()
            {
                if part.offset > 0 { isLineOpen = false }
                guard !part.element.isEmpty else { continue }
                if isLineOpen, !output.isEmpty {
                    output[output.count - 1].text += part.element
                } else {
                    output.append((time - begin, String(part.element)))
                }
                isLineOpen = true
            }
            if output.count > BuildLog.keptLines { output.removeFirst(output.count - BuildLog.keptLines) }
        }
    }

    /// Lines of output that are kept of a step, for the moment it fails.
    static let keptLines = 400

    private(set) var steps: [Step] = []
    /// Steps there will be, as far as is known.
    private(set) var planned = 0
    private(set) var warnings: [(sentence: String, excerpt: SourceExcerpt?)] = []
    private(set) var time = 0.0

    var doneCount: Int { steps.filter { $0.end != nil }.count }
    var total: Int { max(planned, steps.count) }

    func step(_ number: Int) -> Step? { steps.first { $0.number == number } }

    mutating func apply(_ event: BuildEvent) {
        time = max(time, event.time)
        switch event.kind {
        case .planned(let count): planned = count
        case .warning(let sentence, let excerpt): warnings.append((sentence, excerpt))
        case .began(let name): steps.append(Step(number: event.step, name: name, begin: event.time))
        case .detail(let text): change(event.step) { $0.details.append(text) }
        case .transfer(let name, let current, let total, let isDone):
            let sizes = TransferText.sizes(current: current, total: total)
            change(event.step) { $0.take(transfer: name, sizes, isDone: isDone, event.time) }
        case .output(let bytes): change(event.step) { $0.take(bytes, event.time) }
        case .finished(let how): change(event.step) { $0.end = (event.time, how) }
        }
    }

    private mutating func change(_ number: Int, _ change: (inout Step) -> Void) {
        guard let index = steps.lastIndex(where: { $0.number == number }) else { return }
        change(&steps[index])
    }
}

/// Seconds with one decimal.
enum BuildSeconds {
    static func text(_ seconds: Double, decimals: Int = 1) -> String {
        let scale = decimals == 1 ? 10 : 1000
        let scaled = Int((max(0, seconds) * Double(scale)).rounded())
        let fraction = String(scaled % scale)
        return "\(scaled / scale)." + String(repeating: "0", count: decimals - fraction.count) + fraction
    }
}
