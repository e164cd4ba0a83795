/// What a benchmark's numbers are.
enum Unit: String, Sendable, Hashable {
    case milliseconds = "ms"
    case operations = "ops/s"
    case megabytes = "MB"
    case gigabytesPerSecond = "GB/s"
    /// One measurement over another.
    case times = "×"
    /// Of one processor.
    case percent = "%"

    /// Milliseconds that one operation takes; nil for what is no duration.
    func duration(of value: Double) -> Double? {
        switch self {
        case .milliseconds: value
        case .operations: value > 0 ? 1000 / value : nil
        case .percent, .megabytes, .gigabytesPerSecond, .times: nil
        }
    }
}
