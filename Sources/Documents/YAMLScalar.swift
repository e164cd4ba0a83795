/// What words without quotes mean: the tools that read a file do not agree on it.
public enum YAMLDialect: Sendable, Hashable {
    /// YAML 1.1 as `sigs.k8s.io/yaml` has it: `yes`, `on`, `y` and their opposites are booleans.
    case kubernetes
    /// YAML 1.2 as docker compose's reader (go-yaml v3) has it: only `true` and `false` are, and decimals are told by
    /// their value (`1.10` is 1.1).
    case compose
}

/// What a YAML scalar without quotes means to a tool. To all of them `0644` and `0o644` are octal, and `_` may group
/// digits; sexagesimal numbers and timestamps stay text.
enum YAMLScalar {
    enum Meaning: Equatable {
        case value(JSONValue)
        /// Not a number or infinite: JSON has no such value.
        case notFinite
        /// `<<`
        case merge
        case text
    }

    static func meaning(ofPlain text: String, _ dialect: YAMLDialect = .kubernetes) -> Meaning {
        guard let first = text.utf8.first else { return .value(.null) }
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            let number = number(text)
            guard dialect == .compose, case .value(.number(let decimal)) = number, decimal.text.contains(".") else {
                return number
            }
            return Double(decimal.text).map { .value(.number(JSONNumber($0))) } ?? number
        default:
            break
        }
        // The longest word that means something is "false".
        guard text.utf8.count <= 5 else { return .text }
        switch text {
        case "y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "n", "N", "no", "No", "NO", "off", "Off", "OFF":
            if dialect == .compose { return .text }
        default: break
        }
        switch text {
        case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON": return .value(true)
        case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF": return .value(false)
        case "~", "null", "Null", "NULL": return .value(.null)
        case "<<": return .merge
        default: return .text
        }
    }

    /// Whether `text`, written without quotes, would be read as something else than text by some YAML reader.
    static func needsQuotes(_ text: String) -> Bool {
        if meaning(ofPlain: text) != .text { return true }
        guard let first = text.utf8.first, isDigit(first) || first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
        else { return false }
        return looksLikeTimestamp(text) || isSexagesimal(text)
    }

    private static func number(_ text: String) -> Meaning {
        switch text {
        case ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF":
            return .notFinite
        default: break
        }
        let plain =
            text.utf8.first == UInt8(ascii: ".") || !text.utf8.contains(UInt8(ascii: "_"))
            ? text : String(text.filter { $0 != "_" })
        if let integer = integer(plain) { return .value(.number(integer)) }
        guard isDecimal(plain) else { return .text }
        return decimal(plain)
    }

    /// Go's `ParseInt(text, 0, 64)`: a sign, then decimal digits or a prefix `0x`, `0o`, `0b` or `0`.
    private static func integer(_ text: String) -> JSONNumber? {
        var digits = text[...]
        var sign = ""
        if let first = digits.first, first == "-" || first == "+" {
            sign = first == "-" ? "-" : ""
            digits = digits.dropFirst()
        }
        guard let first = digits.utf8.first, first >= UInt8(ascii: "0"), first <= UInt8(ascii: "9") else { return nil }
        var radix = 10
        if first == UInt8(ascii: "0"), digits.utf8.count > 1 {
            switch digits.dropFirst().utf8.first {
            case UInt8(ascii: "x"), UInt8(ascii: "X"):
                radix = 16
                digits = digits.dropFirst(2)
            case UInt8(ascii: "o"), UInt8(ascii: "O"):
                radix = 8
                digits = digits.dropFirst(2)
            case UInt8(ascii: "b"), UInt8(ascii: "B"):
                radix = 2
                digits = digits.dropFirst(2)
            default:
                radix = 8
                digits = digits.dropFirst()
            }
        }
        guard let start = digits.utf8.first, start != UInt8(ascii: "-"), start != UInt8(ascii: "+") else { return nil }
        if let value = Int64(sign + digits, radix: radix) { return JSONNumber(value) }
        guard digits.utf8.allSatisfy({ isDigit($0) }), radix == 10 else {
            return UInt64(digits, radix: radix).flatMap { sign.isEmpty ? JSONNumber(literal: String($0)) : nil }
        }
        // Beyond 64 bits: kept as it stands.
        return JSONNumber(literal: sign + digits)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
    private static func isDecimal(_ text: String) -> Bool {
        var bytes = text.utf8[...]
        if let first = bytes.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            bytes = bytes.dropFirst()
        }
        func dropDigits() -> Int {
            let count = bytes.prefix(while: isDigit).count
            bytes = bytes.dropFirst(count)
            return count
        }
        let whole = dropDigits()
        var fraction = 0
        if bytes.first == UInt8(ascii: ".") {
            bytes = bytes.dropFirst()
            fraction = dropDigits()
        }
        guard whole + fraction > 0 else { return false }
        if let exponent = bytes.first, exponent == UInt8(ascii: "e") || exponent == UInt8(ascii: "E") {
            bytes = bytes.dropFirst()
            if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
                bytes = bytes.dropFirst()
            }
            guard dropDigits() > 0 else { return false }
        }
        return bytes.isEmpty
    }

    private static func decimal(_ text: String) -> Meaning {
        guard let value = Double(text), value.isFinite else { return .notFinite }
        // Whole numbers lose their fraction, as they do on the way through Go (`replicas: 3.0` is 3).
        if value == value.rounded(), abs(value) < 9.0e15 { return .value(.number(JSONNumber(value))) }
        if let number = try? JSONValue(parsing: text) { return .value(number) }
        return .value(.number(JSONNumber(value)))
    }

    /// `YYYY-M-D`, alone or before a time: some readers make a date of it.
    private static func looksLikeTimestamp(_ text: String) -> Bool {
        var bytes = text.utf8[...]
        func dropDigits(_ range: ClosedRange<Int>) -> Bool {
            let count = bytes.prefix(while: isDigit).count
            bytes = bytes.dropFirst(count)
            return range.contains(count)
        }
        func drop(_ byte: UInt8) -> Bool {
            guard bytes.first == byte else { return false }
            bytes = bytes.dropFirst()
            return true
        }
        guard dropDigits(4...4), drop(UInt8(ascii: "-")), dropDigits(1...2), drop(UInt8(ascii: "-")), dropDigits(1...2)
        else { return false }
        if bytes.isEmpty { return true }
        let isSpaced = bytes.first == 0x20
        guard drop(UInt8(ascii: "T")) || drop(UInt8(ascii: "t")) || drop(0x20) else { return false }
        guard dropDigits(1...2), drop(UInt8(ascii: ":")), dropDigits(1...2), drop(UInt8(ascii: ":")), dropDigits(1...2)
        else { return false }
        if drop(UInt8(ascii: ".")), !dropDigits(1...9) { return false }
        if isSpaced { return bytes.isEmpty }
        if drop(UInt8(ascii: "Z")) { return bytes.isEmpty }
        guard drop(UInt8(ascii: "+")) || drop(UInt8(ascii: "-")) else { return false }
        return dropDigits(2...2) && drop(UInt8(ascii: ":")) && dropDigits(2...2) && bytes.isEmpty
    }

    /// `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?` (YAML 1.1 reads `22:30` as a number).
    private static func isSexagesimal(_ text: String) -> Bool {
        var parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count > 1 else { return false }
        var first = parts.removeFirst()
        if let sign = first.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { first = first.dropFirst() }
        guard let start = first.first, isDigit(start), first.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: "_") })
        else { return false }
        if let last = parts.last, let dot = last.firstIndex(of: UInt8(ascii: ".")) {
            guard last[dot...].dropFirst().allSatisfy({ isDigit($0) || $0 == UInt8(ascii: "_") }) else { return false }
            parts[parts.count - 1] = last[..<dot]
        }
        return parts.allSatisfy { part in
            guard part.allSatisfy(isDigit), let first = part.first else { return false }
            return part.count == 1 || (part.count == 2 && first < UInt8(ascii: "6"))
        }
    }
}
