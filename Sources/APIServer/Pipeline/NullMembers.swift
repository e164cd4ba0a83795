import Documents

extension JSONValue {
    /// Takes out members that are null: they say the same as members that are missing, as `creationTimestamp: null` in
    /// generated manifests.
    mutating func dropNullMembers() {
        guard hasNullMember else { return }
        switch self {
        case .object(let object):
            var kept: [JSONObject.Member] = []
            for (key, value) in object where !value.isNull {
                var value = value
                value.dropNullMembers()
                kept.append((key, value))
            }
            self = .object(JSONObject(kept))
        case .array(let elements):
            self = .array(
                elements.map { element in
                    var element = element
                    element.dropNullMembers()
                    return element
                })
        default: break
        }
    }

    private var hasNullMember: Bool {
        switch self {
        case .object(let object): object.contains { $0.value.isNull || $0.value.hasNullMember }
        case .array(let elements): elements.contains(where: \.hasNullMember)
        default: false
        }
    }
}
