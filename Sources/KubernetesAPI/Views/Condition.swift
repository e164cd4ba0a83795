public import Documents

/// An entry of `status.conditions`: one thing that is or is not so, since when and why (API conventions, *Typical status
/// properties*).
public struct Condition: Sendable, Hashable {
    public enum Truth: String, Sendable, Hashable {
        case yes = "True"
        case no = "False"
        case unknown = "Unknown"

        public init(_ isTrue: Bool) { self = isTrue ? .yes : .no }
    }

    /// `Ready`, `Available`, …
    public var type: String
    public var status: Truth
    /// One word in CamelCase, for programs.
    public var reason: String
    /// A sentence, for people.
    public var message: String

    public init(_ type: String, _ status: Truth, reason: String = "", message: String = "") {
        self.type = type
        self.status = status
        self.reason = reason
        self.message = message
    }

    public init?(_ document: JSONValue) {
        guard let type = document["type"]?.string, let status = document["status"]?.string else { return nil }
        self.init(
            type, Truth(rawValue: status) ?? .unknown, reason: document["reason"]?.string ?? "",
            message: document["message"]?.string ?? "")
    }
}

extension KubernetesObject {
    public func condition(_ type: String) -> Condition? {
        conditionDocument(type).flatMap(Condition.init)
    }

    /// The condition with all its members, times included.
    public func conditionDocument(_ type: String) -> JSONValue? {
        document.at("status", "conditions")?.array?.first { $0["type"]?.string == type }
    }

    /// When the status of the condition last changed.
    public func transitionTime(of type: String) -> Timestamp? {
        conditionDocument(type)?["lastTransitionTime"]?.string.flatMap(Timestamp.init)
    }

    public func isConditionTrue(_ type: String) -> Bool { condition(type)?.status == .yes }

    /// Writes the condition into its place, or adds it. `lastTransitionTime` becomes `now` only where the status
    /// changes; members that `Condition` does not have are kept.
    /// - Parameter timeMember: a further member that becomes `now` where anything changes: `lastUpdateTime` of
    ///   Deployments, `lastHeartbeatTime` of Nodes.
    /// - Returns: whether anything changed.
    @discardableResult
    public mutating func setCondition(_ condition: Condition, now: Timestamp, timeMember: String? = nil) -> Bool {
        var conditions = document.at("status", "conditions")?.array ?? []
        let index = conditions.firstIndex { $0["type"]?.string == condition.type }
        var entry = index.map { conditions[$0] } ?? ["type": .string(condition.type)]
        let old = Condition(entry)
        guard old != condition else { return false }
        entry["status"] = .string(condition.status.rawValue)
        if let timeMember { entry[timeMember] = .string(now.text) }
        if old?.status != condition.status { entry["lastTransitionTime"] = .string(now.text) }
        entry["reason"] = condition.reason.isEmpty ? nil : .string(condition.reason)
        entry["message"] = condition.message.isEmpty ? nil : .string(condition.message)
        if let index { conditions[index] = entry } else { conditions.append(entry) }
        status["conditions"] = .array(conditions)
        return true
    }

    public mutating func removeCondition(_ type: String) {
        guard let conditions = document.at("status", "conditions")?.array else { return }
        status["conditions"] = .array(conditions.filter { $0["type"]?.string != type })
    }
}
