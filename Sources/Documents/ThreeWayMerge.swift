/// What `kubectl apply` sends: what the manifest changed since it was last applied, on top of what others changed since.
///
/// `original` is the manifest as last applied (nil the first time), `modified` the manifest now, `current` the live object.
/// Fields are set where the manifest differs from the live object, and removed where the manifest had them and no longer
/// has; what others added is left alone.
public enum ThreeWayMerge {
    /// As a strategic merge patch, for the kinds the cluster knows. Empty where there is nothing to do.
    public static func strategicPatch(
        original: JSONValue?, modified: JSONValue, current: JSONValue, schema: PatchSchema
    ) -> JSONValue {
        let changes = StrategicMergePatch.Difference(includesDeletions: false)
            .object(from: current.object ?? [:], to: modified.object ?? [:], schema)
        let deletions = StrategicMergePatch.Difference(includesChanges: false)
            .object(from: original?.object ?? [:], to: modified.object ?? [:], schema)
        return .object(join(deletions, changes, schema))
    }

    /// As a merge patch (RFC 7396), for kinds without a schema. Empty where there is nothing to do.
    public static func mergePatch(original: JSONValue?, modified: JSONValue, current: JSONValue) -> JSONValue {
        let changes = StrategicMergePatch.Difference(includesDeletions: false)
            .object(from: current.object ?? [:], to: modified.object ?? [:], .unknown)
        let deletions = StrategicMergePatch.Difference(includesChanges: false)
            .object(from: original?.object ?? [:], to: modified.object ?? [:], .unknown)
        return .object(join(deletions, changes, .unknown))
    }

    /// Two patches as one: objects are joined, keyed lists element by element, elsewhere the second wins.
    private static func join(_ first: JSONObject, _ second: JSONObject, _ schema: PatchSchema) -> JSONObject {
        var result = first
        for (key, value) in second {
            switch (result[key], value) {
            case (.object(let left)?, .object(let right)):
                result[key] = .object(join(left, right, schema[key]))
            case (.array(let left)?, .array(let right)):
                if case .mergeByKey(let mergeKey) = schema[key].list {
                    result[key] = .array(joinLists(left, right, mergeKey, PatchSchema(schema[key].members)))
                } else {
                    result[key] = value
                }
            default:
                result[key] = value
            }
        }
        return result
    }

    private static func joinLists(
        _ first: [JSONValue], _ second: [JSONValue], _ mergeKey: String, _ schema: PatchSchema
    ) -> [JSONValue] {
        var result = second
        for element in first {
            if let index = result.firstIndex(where: { $0[mergeKey] == element[mergeKey] }) {
                result[index] = .object(join(element.object ?? [:], result[index].object ?? [:], schema))
            } else {
                result.append(element)
            }
        }
        return result
    }
}
