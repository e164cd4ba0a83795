/// Applies the steps of a template to a document.
struct JSONPathEvaluation {
    let allowsMissingKeys: Bool
    /// Values that may still be made: `{..*..*}` multiplies.
    private var budget = 1_000_000

    init(allowsMissingKeys: Bool) {
        self.allowsMissingKeys = allowsMissingKeys
    }

    mutating func run(_ segments: [JSONPath.Segment], _ document: JSONValue, into results: inout [[JSONValue]])
        throws(JSONPathError)
    {
        for segment in segments {
            switch segment {
            case .text(let text): results.append([.string(text)])
            case .expression(let steps): results.append(try apply(steps, to: [document]))
            case .range(let steps, let body):
                for value in try apply(steps, to: [document]) { try run(body, value, into: &results) }
            }
        }
    }

    private mutating func apply(_ steps: [JSONPath.Step], to values: [JSONValue]) throws(JSONPathError) -> [JSONValue] {
        var values = values
        for step in steps {
            values = try apply(step, to: values)
            budget -= values.count
            if budget < 0 { throw JSONPathError("the template has too many results") }
        }
        return values
    }

    private mutating func apply(_ step: JSONPath.Step, to values: [JSONValue]) throws(JSONPathError) -> [JSONValue] {
        switch step {
        case .field(let name):
            let found = values.compactMap { $0[name] }
            if found.isEmpty, !values.isEmpty, !allowsMissingKeys { throw JSONPathError("\(name) is not found") }
            return found
        case .wildcard:
            return values.flatMap(Self.children)
        case .recursive:
            var found: [JSONValue] = []
            for value in values { try descend(value, into: &found) }
            return found
        case .slice(let slice):
            var found: [JSONValue] = []
            for value in values where value != .null { found += try Self.elements(slice, of: value) }
            return found
        case .filter(let left, let comparison):
            return try filter(values, left, comparison)
        case .union(let alternatives):
            var found: [JSONValue] = []
            for steps in alternatives { found += try apply(steps, to: values) }
            return found
        case .literal(let value):
            if case .string = value { return [value] }
            return values.map { _ in value }
        case .unknown(let word):
            throw JSONPathError("unrecognized identifier \(word)")
        }
    }

    private static func children(_ value: JSONValue) -> [JSONValue] {
        switch value {
        case .object(let object): object.map(\.value)
        case .array(let array): array
        default: []
        }
    }

    /// The value and everything below it that has children itself, from the top.
    private mutating func descend(_ value: JSONValue, into found: inout [JSONValue]) throws(JSONPathError) {
        let children = Self.children(value)
        guard !children.isEmpty else { return }
        budget -= 1
        if budget < 0 { throw JSONPathError("the template has too many results") }
        found.append(value)
        for child in children { try descend(child, into: &found) }
    }

    private static func elements(_ slice: JSONPath.Slice, of value: JSONValue) throws(JSONPathError) -> [JSONValue] {
        guard case .array(let array) = value else {
            throw JSONPathError("\(goType(value)) is not array or slice")
        }
        let count = array.count
        var start = slice.start ?? 0
        if start < 0 { start += count }
        var end = slice.isIndex ? start + 1 : slice.end ?? count
        if !slice.isIndex, end < 0 { end += count }
        if start == end { return [] }
        guard start >= 0, start < count else {
            throw JSONPathError("array index out of bounds: index \(start), length \(count)")
        }
        guard end >= 0, end <= count else {
            throw JSONPathError("array index out of bounds: index \(end - 1), length \(count)")
        }
        guard start < end else {
            throw JSONPathError("starting index \(start) is greater than ending index \(end)")
        }
        let step = slice.step ?? 1
        guard step > 0 else { throw JSONPathError("step must be > 0") }
        return stride(from: start, to: end, by: step).map { array[$0] }
    }

    /// As Go names what a document holds.
    private static func goType(_ value: JSONValue) -> String {
        switch value {
        case .null: "<nil>"
        case .bool: "bool"
        case .number(let number): number.int64 == nil ? "float64" : "int64"
        case .string: "string"
        case .array: "[]interface {}"
        case .object: "map[string]interface {}"
        }
    }

    // MARK: Filters

    private mutating func filter(_ values: [JSONValue], _ left: [JSONPath.Step], _ comparison: JSONPath.Comparison?)
        throws(JSONPathError) -> [JSONValue]
    {
        var found: [JSONValue] = []
        for value in values {
            guard case .array(let array) = value else {
                throw JSONPathError("\(JSONPath.text(of: value)) is not array or slice and cannot be filtered")
            }
            for element in array {
                guard let comparison else {
                    // What cannot be found does not exist, for whatever reason.
                    if let lefts = try? apply(left, to: [element]), !lefts.isEmpty { found.append(element) }
                    continue
                }
                guard let left = try operand(left, element), let right = try operand(comparison.right, element) else {
                    continue
                }
                if try Self.holds(left, comparison.sign, right) { found.append(element) }
            }
        }
        return found
    }

    private mutating func operand(_ steps: [JSONPath.Step], _ element: JSONValue) throws(JSONPathError) -> JSONValue? {
        let values = try apply(steps, to: [element])
        if values.count > 1 { throw JSONPathError("can only compare one element at a time") }
        return values.first
    }

    private static func holds(_ left: JSONValue, _ sign: String, _ right: JSONValue) throws(JSONPathError) -> Bool {
        switch sign {
        case "==": return try isEqual(left, right)
        case "!=": return try !isEqual(left, right)
        case "<": return try isLess(left, right)
        case ">": return try isLess(right, left)
        case "<=": return try !isLess(right, left)
        case ">=": return try !isLess(left, right)
        default: throw JSONPathError("unrecognized filter operator \(sign)")
        }
    }

    private static func isEqual(_ left: JSONValue, _ right: JSONValue) throws(JSONPathError) -> Bool {
        switch (left, right) {
        case (.bool(let left), .bool(let right)): return left == right
        case (.string(let left), .string(let right)): return left == right
        case (.number(let left), .number(let right)):
            if let left = left.int64, let right = right.int64 { return left == right }
            return left.double == right.double
        default: throw mismatch(left, right)
        }
    }

    private static func isLess(_ left: JSONValue, _ right: JSONValue) throws(JSONPathError) -> Bool {
        switch (left, right) {
        case (.string(let left), .string(let right)): return left < right
        case (.number(let left), .number(let right)):
            if let left = left.int64, let right = right.int64 { return left < right }
            return left.double < right.double
        case (.bool, .bool): throw JSONPathError("invalid type for comparison")
        default: throw mismatch(left, right)
        }
    }

    private static func mismatch(_ left: JSONValue, _ right: JSONValue) -> JSONPathError {
        func isScalar(_ value: JSONValue) -> Bool {
            switch value {
            case .bool, .number, .string: true
            default: false
            }
        }
        return JSONPathError(
            isScalar(left) && isScalar(right) ? "incompatible types for comparison" : "invalid type for comparison")
    }
}
