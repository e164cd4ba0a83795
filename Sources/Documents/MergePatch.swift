/// JSON merge patch (RFC 7396): members replace members, null removes, arrays are replaced whole.
public enum MergePatch {
    /// The document with `patch` applied.
    public static func apply(_ patch: JSONValue, to document: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var result: JSONObject
        if case .object(let object) = document { result = object } else { result = JSONObject() }
        for (key, change) in changes {
            if change == .null {
                result[key] = nil
            } else {
                result[key] = apply(change, to: result[key] ?? .null)
            }
        }
        return .object(result)
    }

    /// The patch that makes `target` of `source`. A null member in `target` cannot be expressed and is removed.
    public static func difference(from source: JSONValue, to target: JSONValue) -> JSONValue {
        guard case .object(let old) = source, case .object(let new) = target else { return target }
        var patch = JSONObject()
        for (key, value) in new {
            guard let before = old[key] else {
                patch[key] = value
                continue
            }
            if before == value { continue }
            if case .object = before, case .object = value {
                patch[key] = difference(from: before, to: value)
            } else {
                patch[key] = value
            }
        }
        for (key, _) in old where new[key] == nil { patch[key] = .null }
        return .object(patch)
    }
}
