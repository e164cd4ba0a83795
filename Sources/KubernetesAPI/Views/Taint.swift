public import Documents

/// A taint of a node: what keeps Pods away that do not tolerate it.
public struct Taint: Sendable, Hashable {
    public enum Effect: String, Sendable, Hashable {
        case noSchedule = "NoSchedule"
        case preferNoSchedule = "PreferNoSchedule"
        case noExecute = "NoExecute"
    }

    public var key: String
    public var value: String
    public var effect: Effect
    /// Written on `NoExecute` taints only: tolerations with a limit count from here.
    public var timeAdded: Timestamp?

    public init(_ key: String, value: String = "", _ effect: Effect, timeAdded: Timestamp? = nil) {
        self.key = key
        self.value = value
        self.effect = effect
        self.timeAdded = timeAdded
    }

    public init?(_ document: JSONValue) {
        guard let key = document["key"]?.string, let effect = document["effect"]?.string.flatMap(Effect.init) else {
            return nil
        }
        self.init(
            key, value: document["value"]?.string ?? "", effect,
            timeAdded: document["timeAdded"]?.string.flatMap(Timestamp.init))
    }

    public var document: JSONValue {
        var document: JSONValue = ["key": .string(key)]
        if !value.isEmpty { document["value"] = .string(value) }
        document["effect"] = .string(effect.rawValue)
        if let timeAdded { document["timeAdded"] = .string(timeAdded.text) }
        return document
    }

    /// The same key and effect: what makes two taints one and the same.
    public func isSame(as other: Taint) -> Bool { key == other.key && effect == other.effect }

    public static func of(_ node: KubernetesObject) -> [Taint] {
        (node.spec["taints"]?.array ?? []).compactMap(Taint.init)
    }
}

/// A toleration of a Pod.
public struct Toleration: Sendable, Hashable {
    public var key: String
    /// The key needs only to exist; an empty key then stands for all.
    public var isExistence: Bool
    public var value: String
    /// Nil for all effects.
    public var effect: Taint.Effect?
    /// For `NoExecute`: how long; nil for ever.
    public var limit: Duration?

    public init(_ document: JSONValue) {
        key = document["key"]?.string ?? ""
        isExistence = document["operator"]?.string == "Exists"
        value = document["value"]?.string ?? ""
        effect = document["effect"]?.string.flatMap(Taint.Effect.init)
        limit = document["tolerationSeconds"]?.int.map { .seconds(max(0, $0)) }
    }

    public init(existenceOf key: String, _ effect: Taint.Effect, limit: Duration?) {
        self.key = key
        isExistence = true
        value = ""
        self.effect = effect
        self.limit = limit
    }

    public func tolerates(_ taint: Taint) -> Bool {
        if let effect, effect != taint.effect { return false }
        if key.isEmpty { return isExistence }
        return key == taint.key && (isExistence || value == taint.value)
    }
}
