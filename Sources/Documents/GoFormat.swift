/// Go's fmt.Sprintf, as far as templates use it: `%s %v %d %q %t %x %f %%` with width, precision, `-` and `0`.
enum GoFormat {
    /// More than a terminal's width is of no use.
    private static let limit = 1000

    static func text(_ format: String, _ operands: [JSONValue]) throws(GoTemplateError) -> String {
        var output = ""
        var rest = format[...]
        var next = operands[...]
        while let percent = rest.firstIndex(of: "%") {
            output += rest[..<percent]
            rest = rest[rest.index(after: percent)...]
            var isLeft = false
            var fill: Character = " "
            while let flag = rest.first, "-0+ #".contains(flag) {
                if flag == "-" { isLeft = true }
                if flag == "0" { fill = "0" }
                rest = rest.dropFirst()
            }
            let width = number(&rest) ?? 0
            var precision: Int?
            if rest.first == "." {
                rest = rest.dropFirst()
                precision = number(&rest) ?? 0
            }
            guard let verb = rest.popFirst() else { return output + "%!(NOVERB)" }
            if verb == "%" {
                output += "%"
                continue
            }
            guard let operand = next.popFirst() else {
                output += "%!\(verb)(MISSING)"
                continue
            }
            let text = try self.text(operand, verb, precision)
            let padding = String(repeating: isLeft ? " " : fill, count: max(0, width - text.count))
            output += isLeft ? text + padding : padding + text
        }
        output += rest
        if !next.isEmpty {
            output += "%!(EXTRA " + next.map(GoTemplateFunctions.text).joined(separator: ", ") + ")"
        }
        return output
    }

    private static func number(_ rest: inout Substring) -> Int? {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(digits.count)
        return Int(digits).map { min($0, limit) }
    }

    private static func text(_ operand: JSONValue, _ verb: Character, _ precision: Int?) throws(GoTemplateError)
        -> String
    {
        let plain = GoTemplateFunctions.text(operand)
        switch (verb, operand) {
        case ("s", _), ("v", _): return precision.map { String(plain.prefix($0)) } ?? plain
        case ("q", _): return JSONValue.string(plain).jsonText
        case ("t", .bool): return plain
        case ("d", .number): return plain
        case ("x", .number): return String(operand.int ?? 0, radix: 16)
        case ("x", .string(let text)):
            return text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        case ("f", .number(let number)): return fixed(number.double, precision ?? 6)
        default: return "%!\(verb)(\(plain))"
        }
    }

    private static func fixed(_ value: Double, _ digits: Int) -> String {
        let digits = min(digits, 15)
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = (abs(value) * scale).rounded()
        guard scaled < 1e18 else { return "\(value)" }
        let whole = String(Int(scaled))
        let padded = String(repeating: "0", count: max(0, digits + 1 - whole.count)) + whole
        let sign = value < 0 && scaled > 0 ? "-" : ""
        return digits == 0 ? sign + padded : "\(sign)\(padded.dropLast(digits)).\(padded.suffix(digits))"
    }
}
