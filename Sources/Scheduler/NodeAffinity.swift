import Documents
import KubernetesAPI

/// `spec.nodeSelector` and `spec.affinity.nodeAffinity`.
enum NodeAffinity {
    /// What the Pod requires of its node holds.
    static func isMet(by node: SchedulableNode, for pod: SchedulablePod) -> Bool {
        for (key, value) in pod.object.spec["nodeSelector"]?.object ?? [:] where node.labels[key] != value.string {
            return false
        }
        let required = pod.object.spec.at("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
        guard let terms = required?["nodeSelectorTerms"]?.array else { return true }
        return terms.contains { matches($0, node) }
    }

    /// The sum of the weights of the preferred terms that hold.
    static func preference(for node: SchedulableNode, of pod: SchedulablePod) -> Int {
        let preferred = pod.object.spec.at(
            "affinity", "nodeAffinity", "preferredDuringSchedulingIgnoredDuringExecution")
        return (preferred?.array ?? []).reduce(0) { sum, term in
            guard let preference = term["preference"], let weight = term["weight"]?.int else { return sum }
            return matches(preference, node) ? sum + weight : sum
        }
    }

    /// All expressions of a term hold; a term without any holds nowhere.
    private static func matches(_ term: JSONValue, _ node: SchedulableNode) -> Bool {
        let expressions = term["matchExpressions"]?.array ?? []
        let fields = term["matchFields"]?.array ?? []
        guard !expressions.isEmpty || !fields.isEmpty else { return false }
        return expressions.allSatisfy { expression in
            holds(expression, for: node.labels[expression["key"]?.string ?? ""])
        }
            && fields.allSatisfy { field in
                field["key"]?.string == "metadata.name" && holds(field, for: node.name)
            }
    }

    private static func holds(_ expression: JSONValue, for value: String?) -> Bool {
        let values = expression["values"]?.array?.compactMap(\.string) ?? []
        switch expression["operator"]?.string {
        case "In": return value.map(values.contains) ?? false
        case "NotIn": return !(value.map(values.contains) ?? false)
        case "Exists": return value != nil
        case "DoesNotExist": return value == nil
        case "Gt": return compare(value, values, >)
        case "Lt": return compare(value, values, <)
        default: return false
        }
    }

    private static func compare(_ value: String?, _ values: [String], _ holds: (Int, Int) -> Bool) -> Bool {
        guard let left = value.flatMap({ Int($0) }), values.count == 1, let right = Int(values[0]) else { return false }
        return holds(left, right)
    }
}
