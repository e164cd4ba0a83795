/// A span of time as compose files write it: `1h30m`, `10s`, `500ms`, `10us`.
enum DurationText {
    /// Seconds, or nil where the text is none.
    static func seconds(_ text: String) -> Double? {
        let units: [Substring: Double] = ["h": 3600, "m": 60, "s": 1, "ms": 0.001, "us": 0.000_001, "µs": 0.000_001]
        var rest = text[...]
        var total = 0.0
        guard !rest.isEmpty else { return nil }
        if rest == "0" { return 0 }
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let value = Double(number), let factor = units[unit] else { return nil }
            total += value * factor
        }
        return total
    }
}
