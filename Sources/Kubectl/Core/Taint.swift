import Documents

/// A taint of a node: `key=value:Effect`.
struct Taint: Hashable, CustomStringConvertible {
    var key: String
    var value: String
    var effect: String

    init(key: String, value: String, effect: String) {
        self.key = key
        self.value = value
        self.effect = effect
    }

    init(_ document: JSONValue) {
        self.init(key: document.text("key"), value: document.text("value"), effect: document.text("effect"))
    }

    var description: String {
        if effect.isEmpty { return value.isEmpty ? key : "\(key)=\(value):" }
        return value.isEmpty ? "\(key):\(effect)" : "\(key)=\(value):\(effect)"
    }
}
