extension StrategicMergePatch {
    /// The patch that makes `target` of `source`.
    public static func difference(from source: JSONValue, to target: JSONValue, schema: PatchSchema) -> JSONValue {
        .object(Difference().object(from: source.object ?? [:], to: target.object ?? [:], schema))
    }

    /// Which differences are wanted.
    struct Difference {
        var includesChanges = true
        var includesDeletions = true

        func object(from source: JSONObject, to target: JSONObject, _ schema: PatchSchema) -> JSONObject {
            var patch = JSONObject()
            for (key, value) in target {
                guard let before = source[key] else {
                    if includesChanges { patch[key] = value }
                    continue
                }
                member(key, from: before, to: value, schema[key], into: &patch)
            }
            if includesDeletions {
                for (key, _) in source where target[key] == nil { patch[key] = .null }
            }
            if schema.retainsKeys, !patch.isEmpty, includesChanges {
                patch[StrategicMergePatch.retainKeys] = .array(target.keys.sorted().map { .string($0) })
            }
            return patch
        }

        private func member(
            _ key: String, from before: JSONValue, to value: JSONValue, _ schema: PatchSchema,
            into patch: inout JSONObject
        ) {
            if before == value { return }
            switch (before, value) {
            case (.object(let before), .object(let value)):
                let changes = object(from: before, to: value, schema)
                if !changes.isEmpty { patch[key] = .object(changes) }
            case (.array(let before), .array(let value)):
                list(key, from: before, to: value, schema, into: &patch)
            default:
                if includesChanges { patch[key] = value }
            }
        }

        private func list(
            _ key: String, from before: [JSONValue], to value: [JSONValue], _ schema: PatchSchema,
            into patch: inout JSONObject
        ) {
            switch schema.list {
            case .atomic:
                if includesChanges { patch[key] = .array(value) }
            case .mergeValues:
                let added = value.filter { !before.contains($0) }
                let removed = before.filter { !value.contains($0) }
                if includesChanges, !added.isEmpty { patch[key] = .array(added) }
                if includesDeletions, !removed.isEmpty {
                    patch[StrategicMergePatch.primitiveDeletion + key] = .array(removed)
                }
                if includesChanges { patch[StrategicMergePatch.elementOrder + key] = .array(value) }
            case .mergeByKey(let mergeKey):
                let element = PatchSchema(schema.members, retainsKeys: schema.retainsKeys)
                var changes: [JSONValue] = []
                for wanted in value {
                    guard let identity = wanted[mergeKey] else { continue }
                    guard let present = before.first(where: { $0[mergeKey] == identity }) else {
                        if includesChanges { changes.append(wanted) }
                        continue
                    }
                    var difference = object(from: present.object ?? [:], to: wanted.object ?? [:], element)
                    guard !difference.isEmpty else { continue }
                    difference[mergeKey] = identity
                    changes.append(.object(difference))
                }
                if includesDeletions {
                    for present in before {
                        guard let identity = present[mergeKey], !value.contains(where: { $0[mergeKey] == identity })
                        else {
                            continue
                        }
                        changes.append(.object([StrategicMergePatch.directive: "delete", mergeKey: identity]))
                    }
                }
                if !changes.isEmpty { patch[key] = .array(changes) }
                let isReordered = before.compactMap { $0[mergeKey] } != value.compactMap { $0[mergeKey] }
                if includesChanges, !changes.isEmpty || isReordered {
                    patch[StrategicMergePatch.elementOrder + key] = .array(
                        value.compactMap { element in element[mergeKey].map { .object([mergeKey: $0]) } })
                }
            }
        }
    }
}
