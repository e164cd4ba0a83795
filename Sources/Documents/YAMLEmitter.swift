extension JSONValue {
    /// The document as `kubectl get -o yaml` prints it: keys in alphabetical order, two spaces a level, sequences at the
    /// column of their key, quotes only where they are needed, long lines folded after column 80. Ends with a newline.
    public var yamlText: String {
        var emitter = YAMLEmitter()
        emitter.emit(self)
        return emitter.output
    }
}

/// Writes block style YAML. `indent` is the column of the collection that is being written.
private struct YAMLEmitter {
    var output = ""
    private var column = 0

    /// A scalar is broken at the first space after this column.
    private static let width = 80

    mutating func emit(_ value: JSONValue) {
        switch value {
        case .object(let object) where !object.isEmpty: mapping(object, indent: 0, startsLine: true)
        case .array(let array) where !array.isEmpty: sequence(array, indent: 0, startsLine: true)
        default:
            scalar(value, indent: 0)
            newline()
        }
    }

    private mutating func mapping(_ object: JSONObject, indent: Int, startsLine: Bool) {
        var startsLine = startsLine
        for (key, value) in object.sorted(by: { YAMLKeyOrder.isLess($0.key, $1.key) }) {
            if startsLine { pad(indent) }
            startsLine = true
            self.key(key)
            switch value {
            case .object(let child) where !child.isEmpty:
                newline()
                mapping(child, indent: indent + 2, startsLine: true)
            case .array(let child) where !child.isEmpty:
                newline()
                sequence(child, indent: indent, startsLine: true)
            default:
                write(" ")
                scalar(value, indent: indent + 2)
                newline()
            }
        }
    }

    private mutating func sequence(_ array: [JSONValue], indent: Int, startsLine: Bool) {
        var startsLine = startsLine
        for value in array {
            if startsLine { pad(indent) }
            startsLine = true
            write("- ")
            switch value {
            case .object(let child) where !child.isEmpty: mapping(child, indent: indent + 2, startsLine: false)
            case .array(let child) where !child.isEmpty: sequence(child, indent: indent + 2, startsLine: false)
            default:
                scalar(value, indent: indent + 2)
                newline()
            }
        }
    }

    private mutating func key(_ key: String) {
        let form = YAMLScalarForm(key)
        // A key must stand on one line.
        switch form {
        case .literal: doubleQuoted(key, indent: nil)
        default: text(key, form, indent: nil)
        }
        write(":")
    }

    private mutating func scalar(_ value: JSONValue, indent: Int) {
        switch value {
        case .null: write("null")
        case .bool(let value): write(value ? "true" : "false")
        case .number(let number): write(number.text)
        case .string(let string): text(string, YAMLScalarForm(string), indent: indent)
        case .array: write("[]")
        case .object: write("{}")
        }
    }

    private mutating func text(_ text: String, _ form: YAMLScalarForm, indent: Int?) {
        switch form {
        case .plain: folded(text, indent: indent)
        case .singleQuoted:
            write("'")
            folded(text, indent: indent, doublingQuotes: true)
            write("'")
        case .doubleQuoted: doubleQuoted(text, indent: indent)
        case .literal: literal(text, indent: indent ?? 0)
        }
    }

    /// A text without line breaks, broken at single spaces beyond the width.
    private mutating func folded(_ text: String, indent: Int?, doublingQuotes: Bool = false) {
        if column + text.utf8.count <= Self.width, !doublingQuotes {
            write(text)
            return
        }
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            if scalar == " ", let indent, column > Self.width, index > 0, index + 1 < scalars.count,
                scalars[index - 1] != " ", scalars[index + 1] != " "
            {
                newline()
                pad(indent)
                continue
            }
            put(scalar)
            if scalar == "'", doublingQuotes { put(scalar) }
        }
    }

    private mutating func doubleQuoted(_ text: String, indent: Int?) {
        write("\"")
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            if scalar == " ", let indent, column > Self.width, index > 0, index + 1 < scalars.count,
                scalars[index - 1] != " "
            {
                newline()
                pad(indent)
                // A space at the start of a continuation would be lost.
                if scalars[index + 1] == " " { write("\\") }
                continue
            }
            if let escape = YAMLScalarForm.escape(scalar) { write(escape) } else { put(scalar) }
        }
        write("\"")
    }

    private mutating func literal(_ text: String, indent: Int) {
        write("|")
        // Content that starts with a space or break hides its indentation.
        if let first = text.unicodeScalars.first, first == " " || first == "\n" { write("2") }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true {
            lines.removeLast()
            if lines.last?.isEmpty == true { write("+") }
        } else {
            write("-")
        }
        for line in lines {
            newline()
            if line.isEmpty { continue }
            // Top level scalars are indented by two as well.
            pad(max(indent, 2))
            write(String(line))
        }
    }

    private mutating func pad(_ count: Int) {
        for _ in 0..<count { output.append(" ") }
        column += count
    }

    private mutating func newline() {
        output.append("\n")
        column = 0
    }

    private mutating func write(_ text: String) {
        output.append(text)
        column += text.unicodeScalars.count
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        output.unicodeScalars.append(scalar)
        column += 1
    }
}

/// How a text is written.
enum YAMLScalarForm {
    case plain, singleQuoted, doubleQuoted, literal

    init(_ text: String) {
        if let isPlain = Self.isPlainWord(text) {
            self = isPlain ? .plain : .doubleQuoted
            return
        }
        let scalars = Array(text.unicodeScalars)
        guard let first = scalars.first, let last = scalars.last else {
            self = .doubleQuoted
            return
        }
        let hasSpecial = scalars.contains { $0 != "\n" && Self.escape($0) != nil && $0 != "\"" && $0 != "\\" }
        if scalars.contains("\n") {
            let spaceBeforeBreak = zip(scalars, scalars.dropFirst()).contains { ($0 == " ") && $1 == "\n" }
            // A literal block cannot keep spaces at the end of lines apart from its own layout.
            self = hasSpecial || spaceBeforeBreak || last == " " ? .doubleQuoted : .literal
            return
        }
        if hasSpecial || YAMLScalar.needsQuotes(text) {
            self = .doubleQuoted
            return
        }
        if first == " " || last == " " || Self.isIndicator(first, next: scalars.count > 1 ? scalars[1] : nil) {
            self = .singleQuoted
            return
        }
        if text.hasPrefix("---") || text.hasPrefix("...") {
            self = .singleQuoted
            return
        }
        for (index, scalar) in scalars.enumerated() {
            let before = index > 0 ? scalars[index - 1] : nil
            let after = index + 1 < scalars.count ? scalars[index + 1] : nil
            if scalar == ":", after == nil || after == " " {
                self = .singleQuoted
                return
            }
            if scalar == "#", before == " " {
                self = .singleQuoted
                return
            }
        }
        self = .plain
    }

    /// For words of ASCII letters, digits and some signs that mean nothing to YAML, which most texts are: whether they can
    /// stand without quotes. Nil for other texts.
    private static func isPlainWord(_ text: String) -> Bool? {
        guard let first = text.utf8.first, first | 0x20 >= UInt8(ascii: "a"), first | 0x20 <= UInt8(ascii: "z") else {
            return nil
        }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"),
                UInt8(ascii: "_"):
                continue
            default: return nil
            }
        }
        return !YAMLScalar.needsQuotes(text)
    }

    /// Whether a plain scalar must not start so.
    private static func isIndicator(_ first: Unicode.Scalar, next: Unicode.Scalar?) -> Bool {
        switch first {
        case "#", ",", "[", "]", "{", "}", "&", "*", "!", "|", ">", "'", "\"", "%", "@", "`": true
        case "-", "?", ":": next == nil || next == " "
        default: false
        }
    }

    /// How a scalar is escaped in double quotes, or nil where it stands for itself.
    static func escape(_ scalar: Unicode.Scalar) -> String? {
        switch scalar {
        case "\"": return "\\\""
        case "\\": return "\\\\"
        case "\0": return "\\0"
        case "\u{07}": return "\\a"
        case "\u{08}": return "\\b"
        case "\t": return "\\t"
        case "\n": return "\\n"
        case "\u{0B}": return "\\v"
        case "\u{0C}": return "\\f"
        case "\r": return "\\r"
        case "\u{1B}": return "\\e"
        case "\u{85}": return "\\N"
        case "\u{2028}": return "\\L"
        case "\u{2029}": return "\\P"
        case "\u{FEFF}": return "\\uFEFF"
        default:
            guard scalar.value < 0x20 || (scalar.value >= 0x7F && scalar.value < 0xA0) || scalar.value >= 0xFFFE else {
                return nil
            }
            let digits = String(scalar.value, radix: 16, uppercase: true)
            let width = scalar.value <= 0xFF ? 2 : scalar.value <= 0xFFFF ? 4 : 8
            let letter = width == 2 ? "x" : width == 4 ? "u" : "U"
            return "\\\(letter)" + String(repeating: "0", count: width - digits.count) + digits
        }
    }
}

/// The order of keys, as go-yaml sorts them: letters by code point, other characters before letters, digits by the number
/// they make (`a2` before `a10`), a prefix before what it begins.
enum YAMLKeyOrder {
    static func isLess(_ left: String, _ right: String) -> Bool {
        var (leftRest, rightRest) = (left.utf8[...], right.utf8[...])
        var afterDigit = false
        // Only digits that follow no other digit, zeros aside, have leading zeros.
        var afterNumber = false
        while let a = leftRest.first, let b = rightRest.first {
            if a == b {
                afterDigit = isDigit(a)
                afterNumber = afterDigit && (afterNumber || a != UInt8(ascii: "0"))
                leftRest.removeFirst()
                rightRest.removeFirst()
                continue
            }
            let (aIsLetter, bIsLetter) = (isLetter(a), isLetter(b))
            if aIsLetter, bIsLetter { return a < b }
            if aIsLetter || bIsLetter { return afterDigit ? aIsLetter : bIsLetter }
            if isDigit(a), isDigit(b) {
                let (aDigits, bDigits) = (digits(leftRest, afterNumber), digits(rightRest, afterNumber))
                if aDigits != bDigits { return aDigits < bDigits }
            }
            return a < b
        }
        return leftRest.isEmpty && !rightRest.isEmpty
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    /// Whatever is not ASCII is taken for a letter; UTF-8 keeps the order of code points.
    private static func isLetter(_ byte: UInt8) -> Bool {
        byte >= 0x80 || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
    }

    /// How many digits the number that begins here has, leading zeros not counted.
    private static func digits(_ text: Substring.UTF8View, _ afterNumber: Bool) -> Int {
        let run = text.prefix(while: isDigit)
        return afterNumber ? run.count : run.drop { $0 == UInt8(ascii: "0") }.count
    }
}
