import Documents

extension JSONValue {
    /// Sets the member `key` where it is missing or null.
    mutating func setDefault(_ key: String, _ value: JSONValue) {
        if self[key]?.isNull ?? true { self[key] = value }
    }

    /// Changes each element of the array in the member `key`, if there is one.
    mutating func changeElements(of key: String, _ change: (inout JSONValue) -> Void) {
        guard case .array(var elements)? = self[key] else { return }
        self[key] = .null
        for index in elements.indices { change(&elements[index]) }
        self[key] = .array(elements)
    }

    /// The elements of the array in the member `key`; none where there is no array.
    func elements(_ key: String) -> [JSONValue] { self[key]?.array ?? [] }

    /// The text of the member `key`; empty where there is none.
    func text(_ key: String) -> String { self[key]?.string ?? "" }
}
