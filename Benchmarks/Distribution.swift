/// What repeated measurements say: percentiles, by linear interpolation between the nearest ranks.
struct Distribution: Sendable, Hashable {
    private let sorted: [Double]

    init(_ values: [Double]) {
        sorted = values.sorted()
    }

    var count: Int { sorted.count }
    var median: Double { percentile(50) }

    /// - Parameter percent: 0 is the least, 100 the greatest; 0 where nothing was measured.
    func percentile(_ percent: Double) -> Double {
        guard let last = sorted.indices.last else { return 0 }
        let rank = Double(last) * min(max(percent, 0), 100) / 100
        let below = Int(rank)
        let above = min(below + 1, last)
        return sorted[below] + (sorted[above] - sorted[below]) * (rank - Double(below))
    }
}
