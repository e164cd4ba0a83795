/// What a benchmark's numbers are.
enum Unit: String, Sendable, Hashable {
    case milliseconds = "ms"
    case operations = "ops/s"
    /// Of one processor.
    case percent = "%"

    /// Milliseconds that one operation takes; nil for what is no duration.
    func duration(of value: Double) -> Double? {
        switch self {
        case .milliseconds: value
        case .operations: value > 0 ? 1000 / value : nil
        case .percent: nil
        }
    }
}
