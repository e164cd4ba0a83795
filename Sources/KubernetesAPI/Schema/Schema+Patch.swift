// The merge keys of strategic merge patches, out of the tables.
public import Documents

extension Schema {
    /// How strategic merge patches of a resource's objects merge. Made once for each resource.
    public static func patchSchema(of resource: APIResource) -> PatchSchema {
        patchSchemas[resource.kind] ?? .unknown
    }

    private static let patchSchemas: [String: PatchSchema] = {
        var schemas: [String: PatchSchema] = [:]
        for resource in APIResource.all {
            schemas[resource.kind] = Schema.kubernetes.patchSchema(ofStructure: resource.kind)
        }
        return schemas
    }()

    private func patchSchema(ofStructure name: String) -> PatchSchema {
        var members: [String: PatchSchema] = [:]
        for field in structures[name]?.fields ?? [] {
            var schema: PatchSchema
            switch field.type {
            case .structure(let child): schema = patchSchema(ofStructure: child)
            case .list(.structure(let child)): schema = patchSchema(ofStructure: child)
            default: schema = PatchSchema()
            }
            if case .list = field.type, let key = field.mergeKey {
                schema.list = key.isEmpty ? .mergeValues : .mergeByKey(key)
            }
            schema.retainsKeys = field.retainsKeys
            // What says nothing need not be stored.
            if !schema.members.isEmpty || schema.list != .atomic || schema.retainsKeys { members[field.name] = schema }
        }
        return PatchSchema(members)
    }
}
