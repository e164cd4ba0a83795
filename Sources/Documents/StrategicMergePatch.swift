/// Kubernetes' strategic merge patch (`apimachinery/pkg/util/strategicpatch`): like a merge patch, but lists of named
/// things are merged element by element, as the schema says.
///
/// Directives: `$patch: replace|delete|merge`, `$retainKeys`, `$setElementOrder/FIELD`, `$deleteFromPrimitiveList/FIELD`.
public enum StrategicMergePatch {
    static let directive = "$patch"
    static let retainKeys = "$retainKeys"
    static let elementOrder = "$setElementOrder/"
    static let primitiveDeletion = "$deleteFromPrimitiveList/"

    /// The document with `patch` applied.
    /// - Throws: `PatchError` (`malformed`) with the path of the fault.
    public static func apply(_ patch: JSONValue, to document: JSONValue, schema: PatchSchema)
        throws(PatchError) -> JSONValue
    {
        guard case .object(let changes) = patch else {
            throw PatchError(.malformed, path: "", "a strategic merge patch must be an object")
        }
        return .object(try merge(changes, into: document.object ?? [:], schema, path: ""))
    }

    private static func merge(_ patch: JSONObject, into original: JSONObject, _ schema: PatchSchema, path: String)
        throws(PatchError) -> JSONObject
    {
        switch patch[directive] {
        case nil, .string("merge")?: break
        case .string("replace")?: return withoutDirectives(patch)
        case .string("delete")?: return [:]
        case let other?: throw unknownDirective(other, path)
        }
        var result = original
        if let retained = patch[retainKeys] {
            guard case .array(let keys) = retained else {
                throw PatchError(.malformed, path: path, "\(retainKeys) must be a list of field names")
            }
            for (key, _) in original where !keys.contains(.string(key)) { result[key] = nil }
        }
        for (key, change) in patch where !key.hasPrefix("$") {
            try mergeMember(key, change, patch, into: &result, schema[key], path: path.isEmpty ? key : "\(path).\(key)")
        }
        // Orders and deletions may come without a change of the list itself.
        for (key, _) in patch {
            for prefix in [elementOrder, primitiveDeletion] where key.hasPrefix(prefix) {
                let field = String(key.dropFirst(prefix.count))
                guard patch[field] == nil, result[field] != nil else { continue }
                try mergeMember(
                    field, .array([]), patch, into: &result, schema[field],
                    path: path.isEmpty ? field : "\(path).\(field)")
            }
        }
        return result
    }

    private static func mergeMember(
        _ key: String, _ change: JSONValue, _ patch: JSONObject, into result: inout JSONObject, _ schema: PatchSchema,
        path: String
    ) throws(PatchError) {
        switch (change, result[key]) {
        case (.null, _):
            result[key] = nil
        case (.object(let changes), .object(let original)?):
            result[key] = .object(try merge(changes, into: original, schema, path: path))
        case (.object(let changes), _):
            if changes[directive] == .string("delete") {
                result[key] = nil
            } else {
                result[key] = .object(try merge(changes, into: [:], schema, path: path))
            }
        case (.array(let elements), let original) where schema.list != .atomic:
            var list = original?.array ?? []
            if let deleted = patch[primitiveDeletion + key] {
                guard case .array(let values) = deleted else {
                    throw PatchError(.malformed, path: path, "\(primitiveDeletion)\(key) must be a list")
                }
                list.removeAll(where: values.contains)
            }
            let order = patch[elementOrder + key]
            guard order == nil || order?.array != nil else {
                throw PatchError(.malformed, path: path, "\(elementOrder)\(key) must be a list")
            }
            result[key] = .array(try mergeList(elements, into: list, schema, order: order?.array, path: path))
        case (.array(let elements), _):
            result[key] = .array(elements.filter { !isListDirective($0) }.map(withoutDirectives))
        default:
            result[key] = change
        }
    }

    private static func mergeList(
        _ patch: [JSONValue], into original: [JSONValue], _ schema: PatchSchema, order: [JSONValue]?, path: String
    ) throws(PatchError) -> [JSONValue] {
        guard case .mergeByKey(let key) = schema.list else {
            var result = original
            for value in patch where !result.contains(value) { result.append(value) }
            return arranged(result, by: order ?? patch, was: original) { $0 }
        }
        if patch.contains(where: { isListDirective($0) && $0[directive] == .string("replace") }) {
            return patch.filter { !isListDirective($0) }.map(withoutDirectives)
        }
        var result = original
        var patched: [JSONValue] = []
        for (index, element) in patch.enumerated() {
            let place = "\(path)[\(index)]"
            guard case .object(var changes) = element else {
                throw PatchError(.malformed, path: place, "an element of \(path) must be an object")
            }
            guard let identity = changes[key] else {
                throw PatchError(
                    .malformed, path: place, "map: \(element.jsonText) does not contain declared merge key: \(key)")
            }
            let matches = result.firstIndex { $0[key] == identity }
            switch changes[directive] {
            case .string("delete")?:
                result.removeAll { $0[key] == identity }
                continue
            case .string("replace")?:
                changes = withoutDirectives(changes)
                if let matches { result[matches] = .object(changes) } else { result.append(.object(changes)) }
            case nil, .string("merge")?:
                if let matches {
                    result[matches] = .object(
                        try merge(
                            changes, into: result[matches].object ?? [:], PatchSchema(schema.members), path: place))
                } else {
                    result.append(.object(try merge(changes, into: [:], PatchSchema(schema.members), path: place)))
                }
            case let other?: throw unknownDirective(other, place)
            }
            patched.append(identity)
        }
        let identities = order?.map { $0[key] ?? $0 } ?? patched
        return arranged(result, by: identities, was: original) { $0[key] ?? .null }
    }

    /// The elements named by `order` in that order, the others where they stood among them before.
    private static func arranged(
        _ elements: [JSONValue], by order: [JSONValue], was original: [JSONValue], identity: (JSONValue) -> JSONValue
    ) -> [JSONValue] {
        let before = original.map(identity)
        func rank(_ element: JSONValue) -> Int? { order.firstIndex(of: identity(element)) }
        var named = elements.filter { rank($0) != nil }
        named.sort { (rank($0) ?? 0) < (rank($1) ?? 0) }
        var result: [JSONValue] = []
        var others = elements.filter { rank($0) == nil }[...]
        for element in named {
            if let place = before.firstIndex(of: identity(element)) {
                while let other = others.first, let otherPlace = before.firstIndex(of: identity(other)),
                    otherPlace < place
                {
                    result.append(other)
                    others.removeFirst()
                }
            }
            result.append(element)
        }
        return result + others
    }

    private static func isListDirective(_ element: JSONValue) -> Bool {
        guard case .object(let object) = element else { return false }
        return object.count == 1 && object[directive] != nil
    }

    private static func unknownDirective(_ value: JSONValue, _ path: String) -> PatchError {
        PatchError(.malformed, path: path, "unknown patch type \(value.jsonText) in \(path.isEmpty ? "patch" : path)")
    }

    private static func withoutDirectives(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let object): .object(withoutDirectives(object))
        case .array(let array): .array(array.map(withoutDirectives))
        default: value
        }
    }

    /// Without directives and nulls: what a patch says of something that was not there.
    private static func withoutDirectives(_ object: JSONObject) -> JSONObject {
        JSONObject(
            object.compactMap { member -> JSONObject.Member? in
                let isDirective =
                    member.key == directive || member.key == retainKeys || member.key.hasPrefix(elementOrder)
                    || member.key.hasPrefix(primitiveDeletion)
                return isDirective || member.value == .null ? nil : (member.key, withoutDirectives(member.value))
            })
    }
}
