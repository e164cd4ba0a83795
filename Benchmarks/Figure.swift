import Documents

/// The outcome of one benchmark.
struct Figure: Sendable, Hashable {
    let name: String
    let unit: Unit
    let count: Int
    let p10: Double
    let median: Double
    let p99: Double
    /// The median duration over that of bare processes that ran in between; nil for what is no duration.
    let ratioToBare: Double?
    let goal: Goal?

    init(name: String, unit: Unit, goal: Goal?, values: [Double], bare: [Double]) {
        let distribution = Distribution(values)
        self.name = name
        self.unit = unit
        self.goal = goal
        count = distribution.count
        p10 = distribution.percentile(10)
        median = distribution.median
        p99 = distribution.percentile(99)
        let beside = Distribution(bare).median
        ratioToBare = beside > 0 ? unit.duration(of: median).map { $0 / beside } : nil
    }

    /// As `kijabi bench --json` prints it.
    var document: JSONValue {
        [
            "name": .string(name), "unit": .string(unit.rawValue), "n": .integer(count), "p10": Self.rounded(p10),
            "median": Self.rounded(median), "p99": Self.rounded(p99),
            "ratio_to_bare": ratioToBare.map(Self.rounded) ?? .null,
        ]
    }

    private static func rounded(_ value: Double) -> JSONValue {
        .number(JSONNumber((value * 10_000).rounded() / 10_000))
    }

    /// Three significant digits: `0.512`, `4.08`, `151`, `32100`.
    static func number(_ value: Double) -> String {
        let digits = value >= 100 || value == value.rounded() ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let whole = (value * scale).rounded()
        guard digits > 0 else { return String(Int(whole)) }
        let fraction = String(Int(whole.truncatingRemainder(dividingBy: scale)))
        return "\(Int(whole / scale))." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}
