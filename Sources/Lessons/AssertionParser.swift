import Documents

/// Reads a `check` block: a list of assertions.
struct AssertionParser {
    private let reader: BlockReader

    init(_ block: LessonBlock, file: String) throws(LessonError) {
        reader = try BlockReader(text: block.text, file: file, firstLine: block.line)
    }

    func assertions() throws(LessonError) -> [Assertion] {
        guard let list = reader.root.array, !list.isEmpty else {
            throw reader.fault("", "a check is a list of assertions")
        }
        var assertions: [Assertion] = []
        for (index, value) in list.enumerated() { assertions.append(try assertion(value, "[\(index)]")) }
        return assertions
    }

    /// A hint: its two texts, and `if` with what must be so for it to fit.
    func hint(for assertion: String?) throws(LessonError) -> Hint {
        try reader.allow(["ko", "en", "if"], in: reader.root, "")
        var condition: Assertion?
        if let written = reader.root["if"] {
            try reader.allow(["quantifier", "where"] + Self.subjects, in: written, "if")
            condition = try self.assertion(written, "if", name: "hint", says: .empty)
        }
        return Hint(
            assertion: assertion, condition: condition, text: try reader.bilingual(), line: reader.firstLine)
    }

    private static let subjects = [
        "objects", "containers", "file", "log", "images", "volumes", "changes", "statistics", "machines", "history",
        "probe", "answer",
    ]
    private static let quantifiers = ["all", "any", "none", "count", "changed"]

    private func assertion(_ value: JSONValue, _ path: String) throws(LessonError) -> Assertion {
        try reader.allow(["name", "says", "quantifier", "where", "within"] + Self.subjects, in: value, path)
        guard let name = value["name"]?.string, name.isIdentifier else {
            throw reader.fault("\(path).name", "an assertion needs a name of small letters, digits and '-'")
        }
        return try assertion(
            value, path, name: name, says: try reader.bilingual(value["says"] ?? .null, "\(path).says"))
    }

    private func assertion(_ value: JSONValue, _ path: String, name: String, says: BilingualText)
        throws(LessonError) -> Assertion
    {
        let given = Self.subjects.filter { value[$0] != nil }
        guard given.count == 1 else {
            throw reader.fault(path, "expected exactly one of \(Self.subjects.joined(separator: ", "))")
        }
        let subject = try subject(given[0], value[given[0]] ?? .null, "\(path).\(given[0])")
        var conditions: [Assertion.Condition] = []
        if case .answer = subject {
            let test = try test(value["answer"] ?? .null, "\(path).answer")
            if let field = FieldPath("value") { conditions.append(.init(path: field, test: test)) }
        }
        for (key, wanted) in value["where"]?.object ?? [:] {
            guard let field = FieldPath(key) else {
                throw reader.fault("\(path).where.\(key)", "'\(key)' is not a field path")
            }
            conditions.append(.init(path: field, test: try test(wanted, "\(path).where.\(key)")))
        }
        return Assertion(
            name: name, says: says, subject: subject,
            quantifier: try quantifier(value["quantifier"], subject, "\(path).quantifier"), conditions: conditions,
            within: value["within"]?.double ?? 10, line: reader.line(path))
    }

    private func subject(_ kind: String, _ value: JSONValue, _ path: String) throws(LessonError) -> Assertion.Subject {
        switch kind {
        case "objects":
            try reader.allow(["resource", "namespace", "name", "selector"], in: value, path)
            guard let resource = value["resource"]?.string else {
                throw reader.fault(path, "expected 'resource', such as pods")
            }
            return .objects(
                resource: resource, namespace: value["namespace"]?.string ?? "default", name: value["name"]?.string,
                selector: value["selector"]?.string)
        case "containers":
            try reader.allow(["name", "image"], in: value, path)
            return .containers(name: value["name"]?.string, image: value["image"]?.string)
        case "file":
            try reader.allow(["container", "path"], in: value, path)
            guard let file = value["path"]?.string, file.hasPrefix("/") else {
                throw reader.fault(path, "expected 'path' from the root, and 'container' unless it is in the toolbox")
            }
            return .file(container: value["container"]?.string, path: file)
        case "images":
            try reader.allow(["reference"], in: value, path)
            return .images(reference: value["reference"]?.string)
        case "volumes", "machines":
            try reader.allow(["name"], in: value, path)
            let name = value["name"]?.string
            return kind == "volumes" ? .volumes(name: name) : .machines(name: name)
        case "log", "changes", "statistics":
            try reader.allow(["container"], in: value, path)
            guard let container = value["container"]?.string else { throw reader.fault(path, "expected 'container'") }
            switch kind {
            case "changes": return .changes(container: container)
            case "statistics": return .statistics(container: container)
            default: return .log(container: container)
            }
        case "probe":
            try reader.allow(["url"], in: value, path)
            guard let probe = ServiceProbe(value["url"]?.string ?? "") else {
                throw reader.fault(path, "expected 'url', such as http://127.0.0.1:8080/ or tcp://127.0.0.1:5432")
            }
            return .probe(probe)
        case "history":
            try reader.allow(["event"], in: value, path)
            return .history(event: value["event"]?.string)
        default: return .answer
        }
    }

    private func quantifier(_ value: JSONValue?, _ subject: Assertion.Subject, _ path: String) throws(LessonError)
        -> Assertion.Quantifier
    {
        if value == nil, case .answer = subject { return .any }
        guard let text = value?.string ?? value?["count"].map({ _ in "count" }) else {
            throw reader.fault(path, "expected one of \(Self.quantifiers.joined(separator: ", "))")
        }
        switch text {
        case "all": return .all
        case "any": return .any
        case "none": return .none
        case "changed": return .changed
        default: break
        }
        guard let written = value?["count"] else {
            throw reader.fault(
                path, "unknown quantifier '\(text)' (expected \(Self.quantifiers.joined(separator: ", ")))")
        }
        if let count = written.int { return .count(.equal, count) }
        if let text = written.string, let (comparison, number) = Self.comparison(text) {
            return .count(comparison, Int(number))
        }
        throw reader.fault("\(path).count", "expected a number or a comparison such as \">= 3\"")
    }

    private func test(_ value: JSONValue, _ path: String) throws(LessonError) -> Assertion.Condition.Test {
        guard let object = value.object else {
            if let text = value.string, let (comparison, number) = Self.comparison(text) {
                return .compares(comparison, number)
            }
            return .equals(value)
        }
        guard object.count == 1, let (key, operand) = object.first(where: { _ in true }) else {
            throw reader.fault(path, "expected one of contains, exists, not, equals")
        }
        switch key {
        case "contains":
            guard let text = operand.string else { throw reader.fault(path, "contains needs a text") }
            return .contains(text)
        case "exists": return .exists(operand.bool ?? true)
        case "not": return .not(operand)
        case "equals":
            guard let inner = operand.object else { return .equals(operand) }
            let kinds = inner.keys.filter { Self.subjects.contains($0) }
            guard kinds.count == 1, kinds[0] != "answer", let field = inner["field"]?.string.flatMap(FieldPath.init)
            else { throw reader.fault(path, "a measured value needs a subject and a 'field'") }
            return .equalsMeasured(try subject(kinds[0], inner[kinds[0]] ?? .null, path), path: field)
        default: throw reader.fault(path, "unknown test '\(key)' (expected contains, exists, not, equals)")
        }
    }

    /// `>= 3`
    private static func comparison(_ text: String) -> (Assertion.Comparison, Double)? {
        for comparison in Assertion.Comparison.allCases where text.hasPrefix(comparison.rawValue) {
            if let number = Double(text.dropFirst(comparison.rawValue.count).trimmed) { return (comparison, number) }
        }
        return nil
    }
}
