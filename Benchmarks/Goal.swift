/// The figure that a benchmark is to reach on a quiet machine, in a release build.
enum Goal: Sendable, Hashable {
    /// Of the median, in the benchmark's unit.
    case median(atMost: Double)
    case medianAtLeast(Double)
    case p99(atMost: Double)
    /// Of the median, as a multiple of a bare process.
    case ratio(atMost: Double)

    func isReached(by figure: Figure) -> Bool {
        switch self {
        case .median(let limit): figure.median <= limit
        case .medianAtLeast(let limit): figure.median >= limit
        case .p99(let limit): figure.p99 <= limit
        case .ratio(let limit): figure.ratioToBare.map { $0 <= limit } ?? false
        }
    }

    /// `≤ 150 ms`, `p99 ≤ 5 ms`, `≤ 6 × bare`
    func text(_ unit: Unit) -> String {
        switch self {
        case .medianAtLeast(let limit): "≥ \(Figure.number(limit)) \(unit.rawValue)"
        case .median(let limit): "≤ \(Figure.number(limit)) \(unit.rawValue)"
        case .p99(let limit): "p99 ≤ \(Figure.number(limit)) \(unit.rawValue)"
        case .ratio(let limit): "≤ \(Figure.number(limit)) × bare"
        }
    }
}
