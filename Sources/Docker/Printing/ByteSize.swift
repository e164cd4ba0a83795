/// Sizes as docker writes and reads them (github.com/docker/go-units).
enum ByteSize {
    /// `512m`, `1.5g`, `64MiB`, plain bytes; units are powers of 1024. Nil where it is none.
    static func parse(_ text: String) -> Int? {
        let lowered = text.lowercased()
        let digits = lowered.prefix { $0.isNumber || $0 == "." }
        guard let value = Double(digits), value >= 0, value < 1e15 else { return nil }
        let factor: Double
        switch lowered.dropFirst(digits.count) {
        case "", "b": factor = 1
        case "k", "kb", "kib": factor = 1024
        case "m", "mb", "mib": factor = 1024 * 1024
        case "g", "gb", "gib": factor = 1024 * 1024 * 1024
        case "t", "tb", "tib": factor = 1024 * 1024 * 1024 * 1024
        default: return nil
        }
        let bytes = value * factor
        return bytes < 9e18 ? Int(bytes) : nil
    }

    /// `2.03MB`: four significant digits and decimal units, as `docker images` prints sizes.
    static func decimal(_ bytes: Int) -> String {
        let units = ["B", "kB", "MB", "GB", "TB"]
        var value = Double(bytes)
        var unit = 0
        while value >= 1000, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        let digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
        var text = rounded(value, digits: digits)
        if text.contains(".") {
            while text.hasSuffix("0") { text.removeLast() }
            if text.hasSuffix(".") { text.removeLast() }
        }
        return text + units[unit]
    }

    /// `1.234MiB`: four significant digits and binary units, as `docker stats` prints memory.
    static func binary(_ bytes: Int) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var value = Double(bytes)
        var unit = 0
        while value >= 1024, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        let scale = value >= 1000 ? 1.0 : value >= 100 ? 10 : value >= 10 ? 100 : 1000
        let scaled = Int((value * scale).rounded())
        var fraction = String(scaled % Int(scale))
        fraction = String(repeating: "0", count: String(Int(scale)).count - 1 - fraction.count) + fraction
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(scaled / Int(scale))\(fraction.isEmpty || scale == 1 ? "" : "." + fraction)\(units[unit])"
    }

    private static func rounded(_ value: Double, digits: Int) -> String {
        let scale = digits == 0 ? 1.0 : digits == 1 ? 10 : 100
        let scaled = Int((value * scale).rounded())
        guard digits > 0 else { return String(scaled) }
        let fraction = String(scaled % Int(scale))
        let zeros = String(repeating: "0", count: digits - fraction.count)
        return "\(scaled / Int(scale)).\(zeros)\(fraction)"
    }
}
