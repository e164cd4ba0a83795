/// What is wrong with a JSON text, and where.
public struct JSONParseError: Error, Hashable, Sendable {
    /// What was met, in a few words.
    public let reason: String
    /// Bytes before the fault.
    public let offset: Int
    /// 1-based line of the fault.
    public let line: Int
    /// 1-based column of the fault, in bytes.
    public let column: Int
}

extension JSONValue {
    /// The document in `text` (RFC 8259). Nesting deeper than 512 levels is refused.
    /// - Throws: `JSONParseError` with the place of the first fault.
    public init(parsing text: String) throws(JSONParseError) {
        try self.init(parsing: Array(text.utf8))
    }

    /// The document in `bytes`, which must be UTF-8.
    /// - Throws: `JSONParseError` with the place of the first fault.
    public init(parsing bytes: [UInt8]) throws(JSONParseError) {
        self = try bytes.withUnsafeBufferPointer { bytes throws(JSONParseError) in
            var parser = JSONParser(bytes: bytes)
            return try parser.document()
        }
    }
}

/// A recursive descent parser over bytes that stay where they are while it works.
///
/// The members and elements of collections that are still open wait on two stacks and move into an array of the right
/// size when their collection closes: one allocation a collection, and nothing is copied.
struct JSONParser: ~Copyable {
    let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var depth = 0
    private var members = ParserStack<JSONObject.Member>()
    private var elements = ParserStack<JSONValue>()

    static let maximumDepth = 512
    /// Beyond so many members duplicates are looked for in a table instead of one by one.
    private static let manyMembers = 32

    init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    mutating func document() throws(JSONParseError) -> JSONValue {
        skipSpace()
        let value = try value()
        skipSpace()
        if position < bytes.count { throw fault("text after the end of the document") }
        return value
    }

    private mutating func value() throws(JSONParseError) -> JSONValue {
        guard position < bytes.count else { throw fault("unexpected end of text") }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        default: throw fault("unexpected character")
        }
    }

    private mutating func object() throws(JSONParseError) -> JSONValue {
        try enter()
        let start = members.count
        skipSpace()
        if take(UInt8(ascii: "}")) {
            depth -= 1
            return .object(JSONObject())
        }
        var table: [String: Int] = [:]
        while true {
            skipSpace()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                throw fault("expected a member name in double quotes")
            }
            let key = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw fault("expected ':' after a member name") }
            skipSpace()
            let value = try value()
            if let index = earlier(key, from: start, &table) {
                members[index].value = value
            } else {
                members.push((key, value))
            }
            skipSpace()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "}")) else { throw fault("expected ',' or '}'") }
            depth -= 1
            return .object(JSONObject(uniqueMembers: members.popArray(from: start)))
        }
    }

    /// Where `key` is among the members from `start` on, if it was there before.
    private func earlier(_ key: String, from start: Int, _ table: inout [String: Int]) -> Int? {
        let count = members.count - start
        if count < Self.manyMembers {
            for index in start..<members.count where members[index].key == key { return index }
            return nil
        }
        if table.isEmpty {
            for index in start..<members.count { table[members[index].key] = index }
        }
        if let index = table[key] { return index }
        table[key] = members.count
        return nil
    }

    private mutating func array() throws(JSONParseError) -> JSONValue {
        try enter()
        let start = elements.count
        skipSpace()
        if take(UInt8(ascii: "]")) {
            depth -= 1
            return .array([])
        }
        while true {
            skipSpace()
            let value = try value()
            elements.push(value)
            skipSpace()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "]")) else { throw fault("expected ',' or ']'") }
            depth -= 1
            return .array(elements.popArray(from: start))
        }
    }

    private mutating func enter() throws(JSONParseError) {
        position += 1
        depth += 1
        if depth > Self.maximumDepth { throw fault("nested deeper than \(Self.maximumDepth) levels") }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONParseError) -> JSONValue {
        let count = word.utf8CodeUnitCount
        guard position + count <= bytes.count else { throw fault("unexpected end of text") }
        for offset in 0..<count where bytes[position + offset] != word.utf8Start[offset] {
            throw fault("unexpected word")
        }
        position += count
        return value
    }

    private mutating func number() throws(JSONParseError) -> JSONNumber {
        let start = position
        let negative = take(UInt8(ascii: "-"))
        let firstDigit = position
        var magnitude: UInt64 = 0
        var fits = true
        while position < bytes.count, let digit = digit(bytes[position]) {
            if fits {
                let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
                let (sum, carry) = product.addingReportingOverflow(digit)
                fits = !overflow && !carry && sum <= UInt64(Int64.max)
                magnitude = sum
            }
            position += 1
        }
        let digits = position - firstDigit
        guard digits > 0 else { throw fault("expected a digit") }
        if digits > 1, bytes[firstDigit] == UInt8(ascii: "0") { throw fault("a number cannot start with 0") }
        var isInteger = true
        if take(UInt8(ascii: ".")) {
            isInteger = false
            try digitRun()
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isInteger = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digitRun()
        }
        if isInteger, fits, !(negative && magnitude == 0) {
            return JSONNumber(negative ? -Int64(magnitude) : Int64(magnitude))
        }
        return JSONNumber(
            literal: String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self))
    }

    private mutating func digitRun() throws(JSONParseError) {
        guard position < bytes.count, digit(bytes[position]) != nil else { throw fault("expected a digit") }
        while position < bytes.count, digit(bytes[position]) != nil { position += 1 }
    }

    private func digit(_ byte: UInt8) -> UInt64? {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") ? UInt64(byte - UInt8(ascii: "0")) : nil
    }

    private mutating func string() throws(JSONParseError) -> String {
        position += 1
        let start = position
        var bits: UInt8 = 0
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                let text = UnsafeBufferPointer(rebasing: bytes[start..<position])
                // ASCII is valid as it stands.
                let string = bits < 0x80 ? String(decoding: text, as: UTF8.self) : try decode(text)
                position += 1
                return string
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
            if byte < 0x20 { throw fault("a control character must be escaped in a string") }
            bits |= byte
            position += 1
        }
        throw fault("unexpected end of text in a string")
    }

    private mutating func escapedString(from start: Int) throws(JSONParseError) -> String {
        var buffer = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                let text = try buffer.withUnsafeBufferPointer { text throws(JSONParseError) in try decode(text) }
                position += 1
                return text
            case UInt8(ascii: "\\"):
                position += 1
                try escape(into: &buffer)
            case 0..<0x20:
                throw fault("a control character must be escaped in a string")
            default:
                buffer.append(byte)
                position += 1
            }
        }
        throw fault("unexpected end of text in a string")
    }

    private mutating func escape(into buffer: inout [UInt8]) throws(JSONParseError) {
        guard position < bytes.count else { throw fault("unexpected end of text in a string") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(byte)
        case UInt8(ascii: "b"): buffer.append(0x08)
        case UInt8(ascii: "f"): buffer.append(0x0C)
        case UInt8(ascii: "n"): buffer.append(0x0A)
        case UInt8(ascii: "r"): buffer.append(0x0D)
        case UInt8(ascii: "t"): buffer.append(0x09)
        case UInt8(ascii: "u"):
            var code = try hexQuad()
            if code >= 0xD800, code < 0xDC00, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                bytes[position + 1] == UInt8(ascii: "u")
            {
                position += 2
                let low = try hexQuad()
                guard low >= 0xDC00, low < 0xE000 else { throw fault("half a surrogate pair") }
                code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw fault("half a surrogate pair") }
            buffer.append(contentsOf: Array(String(Character(scalar)).utf8))
        default: throw fault("unknown escape")
        }
    }

    private mutating func hexQuad() throws(JSONParseError) -> UInt32 {
        guard position + 4 <= bytes.count else { throw fault("unexpected end of text in an escape") }
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else {
                throw fault("expected four hexadecimal digits")
            }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }

    private func decode(_ text: UnsafeBufferPointer<UInt8>) throws(JSONParseError) -> String {
        guard let string = String(validating: text, as: UTF8.self) else { throw fault("a string is not valid UTF-8") }
        return string
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private func fault(_ reason: String) -> JSONParseError {
        let before = bytes[..<min(position, bytes.count)]
        let line = before.reduce(1) { $1 == 0x0A ? $0 + 1 : $0 }
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return JSONParseError(reason: reason, offset: position, line: line, column: position - lineStart + 1)
    }
}
