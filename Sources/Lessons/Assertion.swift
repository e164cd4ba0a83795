public import Documents

/// One thing that must be so on the live system, with an explicit quantifier.
public struct Assertion: Sendable {
    /// What the assertion looks at.
    public enum Subject: Sendable {
        /// API objects. `selector` is a label selector; all are optional.
        case objects(resource: String, namespace: String, name: String?, selector: String?)
        /// The engine's containers that belong to docker, running or not.
        case containers(name: String?, image: String?)
        /// A file inside a container, as one item with `path` and `content`; no item where there is no such file. Without
        /// a container it is a file of the toolbox, the learner's own machine.
        case file(container: String?, path: String)
        /// The end of a container's log, as one item with `text`; no item where there is no such container.
        case log(container: String)
        /// Images of the store, with their layers.
        case images(reference: String?)
        /// Volumes, also those that no container has.
        case volumes(name: String?)
        /// What a container has changed in its files, one item a path, with `kind` (A, C, D) and `path`.
        case changes(container: String)
        /// What a container uses just now, as one item; none unless it runs.
        case statistics(container: String)
        /// Virtual machines, running or not.
        case machines(name: String?)
        /// A service that this machine is asked for, from outside of every container, as one item with `status` and
        /// `body` (HTTP) or `connected`; no item where nobody answers.
        case probe(ServiceProbe)
        /// What happened to containers since the step began: every one of their events, also of removed ones.
        case history(event: String?)
        /// What the learner answered with `answer VALUE`, as one item with the member `value`.
        case answer
    }

    public enum Quantifier: Sendable, Hashable {
        /// At least one item, and every one meets `conditions`.
        case all
        case any
        /// No item meets them.
        case none
        /// As many items as the comparison says meet them.
        case count(Comparison, Int)
        /// Something that was there when the step began has gone, and something new meets the conditions.
        case changed
    }

    public enum Comparison: String, Sendable, CaseIterable {
        case atLeast = ">="
        case atMost = "<="
        case equal = "=="
        case more = ">"
        case less = "<"

        func holds(_ left: Double, _ right: Double) -> Bool {
            switch self {
            case .atLeast: left >= right
            case .atMost: left <= right
            case .equal: left == right
            case .more: left > right
            case .less: left < right
            }
        }
    }

    /// A condition on one field of an item.
    public struct Condition: Sendable {
        public enum Test: Sendable {
            case equals(JSONValue)
            case compares(Comparison, Double)
            case contains(String)
            case exists(Bool)
            case not(JSONValue)
            /// Equals a field of some item of another subject: a measured answer.
            case equalsMeasured(Subject, path: FieldPath)
        }
        public let path: FieldPath
        public let test: Test
    }

    public let name: String
    /// What it asks for, in the learner's words; shown by `check`.
    public let says: BilingualText
    public let subject: Subject
    public let quantifier: Quantifier
    public let conditions: [Condition]
    /// Seconds within which it must come true after the solution.
    public let within: Double
    public let line: Int
}

/// A path into a document: `status.containerStatuses[0].ready`. Member names with dots are written `["a.b"]`.
public struct FieldPath: Sendable, Hashable, CustomStringConvertible {
    public enum Part: Sendable, Hashable {
        case member(String)
        case element(Int)
        /// Every element; the condition holds if it holds for one.
        case everyElement
        /// The elements whose member is that text: `conditions[type=Ready]`.
        case elements(member: String, value: String)
    }
    public let description: String
    public let parts: [Part]

    /// Nil where the text is no path.
    public init?(_ text: String) {
        description = text
        var parts: [Part] = []
        var rest = text[...]
        while !rest.isEmpty {
            if rest.hasPrefix("[") {
                guard let close = rest.firstIndex(of: "]") else { return nil }
                let inner = rest[rest.index(after: rest.startIndex)..<close]
                if inner == "*" {
                    parts.append(.everyElement)
                } else if let index = Int(inner), index >= 0 {
                    parts.append(.element(index))
                } else if inner.count > 2, inner.hasPrefix("\""), inner.hasSuffix("\"") {
                    parts.append(.member(String(inner.dropFirst().dropLast())))
                } else if let equals = inner.firstIndex(of: "="), equals > inner.startIndex {
                    parts.append(
                        .elements(
                            member: String(inner[..<equals]), value: String(inner[inner.index(after: equals)...])))
                } else {
                    return nil
                }
                rest = rest[rest.index(after: close)...]
            } else {
                let word = rest.prefix { $0 != "." && $0 != "[" }
                guard !word.isEmpty else { return nil }
                parts.append(.member(String(word)))
                rest = rest.dropFirst(word.count)
            }
            if rest.hasPrefix(".") {
                rest = rest.dropFirst()
                if rest.isEmpty { return nil }
            }
        }
        guard !parts.isEmpty else { return nil }
        self.parts = parts
    }

    /// The values under the path; none where the document has no such field.
    func values(in document: JSONValue) -> [JSONValue] {
        var found = [document]
        for part in parts {
            found = found.flatMap { value -> [JSONValue] in
                switch part {
                case .member(let name): value[name].map { [$0] } ?? []
                case .element(let index): value[index].map { [$0] } ?? []
                case .everyElement: value.array ?? []
                case .elements(let member, let wanted):
                    (value.array ?? []).filter { $0[member]?.string == wanted }
                }
            }
        }
        return found
    }
}
