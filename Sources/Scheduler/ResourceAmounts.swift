import Documents
import KubernetesAPI

/// Amounts of what a node has and Pods ask for: cpu in thousandths, everything else in whole units.
struct ResourceAmounts: Sendable, Hashable {
    static let cpu = "cpu"
    static let memory = "memory"
    static let pods = "pods"

    private(set) var amounts: [String: Int64] = [:]

    init() {}

    init(_ amounts: [String: Int64]) {
        self.amounts = amounts
    }

    /// A `ResourceList` document; what is no quantity is left out.
    init(document: JSONValue?) {
        for (name, value) in document?.object ?? [:] {
            guard let quantity = Quantity(document: value) else { continue }
            amounts[name] = name == Self.cpu ? quantity.milliValue : quantity.value
        }
    }

    subscript(name: String) -> Int64 {
        get { amounts[name] ?? 0 }
        set { amounts[name] = newValue }
    }

    static func += (left: inout ResourceAmounts, right: ResourceAmounts) {
        left.amounts.merge(right.amounts, uniquingKeysWith: +)
    }

    static func -= (left: inout ResourceAmounts, right: ResourceAmounts) {
        for (name, amount) in right.amounts { left.amounts[name, default: 0] -= amount }
    }

    /// Of each resource the larger amount.
    mutating func formMaximum(_ other: ResourceAmounts) {
        amounts.merge(other.amounts, uniquingKeysWith: max)
    }
}
