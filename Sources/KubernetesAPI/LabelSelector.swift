public import Documents

/// A label selector: every requirement must hold (`apimachinery/pkg/labels`).
public struct LabelSelector: Sendable, Hashable {
    public enum Operator: Sendable, Hashable {
        case equals(String)
        case notEquals(String)
        case `in`([String])
        case notIn([String])
        case exists
        case doesNotExist
    }

    public struct Requirement: Sendable, Hashable {
        public var key: String
        public var `operator`: Operator
        public init(_ key: String, _ operator: Operator) {
            self.key = key
            self.operator = `operator`
        }
    }

    public var requirements: [Requirement]

    public init(_ requirements: [Requirement]) {
        self.requirements = requirements
    }

    public static let everything = LabelSelector([])

    public init(matchLabels: [String: String]) {
        requirements = matchLabels.sorted { $0.key < $1.key }.map { Requirement($0.key, .equals($0.value)) }
    }

    /// `metav1.LabelSelector`: `{matchLabels, matchExpressions}`. An unknown operator matches nothing.
    public init(document: JSONValue) {
        var requirements: [Requirement] = []
        for (key, value) in document["matchLabels"]?.object ?? [:] {
            requirements.append(Requirement(key, .equals(value.string ?? "")))
        }
        for expression in document["matchExpressions"]?.array ?? [] {
            let key = expression["key"]?.string ?? ""
            let values = expression["values"]?.array?.compactMap(\.string) ?? []
            switch expression["operator"]?.string {
            case "In": requirements.append(Requirement(key, .in(values)))
            case "NotIn": requirements.append(Requirement(key, .notIn(values)))
            case "Exists": requirements.append(Requirement(key, .exists))
            case "DoesNotExist": requirements.append(Requirement(key, .doesNotExist))
            default: requirements.append(Requirement(key, .in([])))
            }
        }
        self.requirements = requirements
    }

    public func matches(_ labels: [String: String]) -> Bool {
        requirements.allSatisfy { requirement in
            let value = labels[requirement.key]
            switch requirement.operator {
            case .equals(let wanted): return value == wanted
            case .notEquals(let unwanted): return value != unwanted
            case .in(let values): return value.map(values.contains) ?? false
            case .notIn(let values): return !(value.map(values.contains) ?? false)
            case .exists: return value != nil
            case .doesNotExist: return value == nil
            }
        }
    }
}

/// A field selector: `status.phase=Running,metadata.name!=web`.
public struct FieldSelector: Sendable, Hashable {
    public struct Requirement: Sendable, Hashable {
        /// Member names from the root.
        public var path: [String]
        public var value: String
        public var isEqual: Bool
        public init(path: [String], value: String, isEqual: Bool) {
            self.path = path
            self.value = value
            self.isEqual = isEqual
        }
    }

    public var requirements: [Requirement]

    public init(_ requirements: [Requirement]) {
        self.requirements = requirements
    }

    public static let everything = FieldSelector([])

    /// `path=value` for one field.
    public static func equals(_ path: String, _ value: String) -> FieldSelector {
        FieldSelector([
            Requirement(path: path.split(separator: ".").map(String.init), value: value, isEqual: true)
        ])
    }

    public func matches(_ document: JSONValue) -> Bool {
        requirements.allSatisfy { requirement in
            let found = document.at(requirement.path)
            let text: String
            switch found {
            case .string(let value): text = value
            case .bool(let value): text = value ? "true" : "false"
            case .number(let value): text = value.text
            default: text = ""
            }
            return (text == requirement.value) == requirement.isEqual
        }
    }
}
