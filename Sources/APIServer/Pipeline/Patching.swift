import Documents
import KubernetesAPI

extension APIServer {
    /// Applies a patch to the newest state and takes the result through the stages of an update.
    func patch(_ request: Request, _ patch: Patch, _ options: WriteOptions) throws(Status) -> KubernetesObject {
        let strategy = try begin(request)
        let subresource = try resolve(request, strategy)
        switch subresource {
        case .binding, .eviction:
            throw Status(.methodNotAllowed, "the server does not allow this method on the requested resource")
        case .scale: return try patchScale(request, patch, options)
        case .status, .finalize, nil: break
        }
        let resource = request.resource
        return try change(request, strategy, subresource, options) { current throws(Status) in
            // The patch is for the newest revision, unless it names one itself.
            var base = current
            base.resourceVersion = ""
            var result = KubernetesObject(
                try Self.apply(patch, to: base.document, schema: Schema.patchSchema(of: resource)))
            result.document.dropNullMembers()
            if result.name != current.name {
                throw Status(
                    .badRequest,
                    "the name of the object (\(result.name)) does not match the name on the URL (\(current.name))")
            }
            if result.namespace != current.namespace {
                throw Status(
                    .badRequest,
                    "the namespace of the object (\(result.namespace)) does not match the namespace on the URL "
                        + "(\(current.namespace))")
            }
            try Decoding.check(result, as: resource, isStrict: options.strictFields)
            return result
        }
    }

    static func apply(_ patch: Patch, to document: JSONValue, schema: PatchSchema) throws(Status) -> JSONValue {
        do throws(PatchError) {
            switch patch {
            case .merge(let patch):
                guard patch.object != nil else {
                    throw PatchError(.malformed, path: "", "a merge patch must be an object")
                }
                return MergePatch.apply(patch, to: document)
            case .strategic(let patch):
                guard patch.object != nil else {
                    throw PatchError(.malformed, path: "", "a strategic merge patch must be an object")
                }
                return try StrategicMergePatch.apply(patch, to: document, schema: schema)
            case .json(let patch): return try JSONPatch.apply(patch, to: document)
            }
        } catch {
            switch error.kind {
            case .malformed: throw Status(.badRequest, "error decoding patch: \(error.reason)")
            case .missing, .testFailed:
                throw Status(
                    .invalid, "the server rejected our request due to an error in our request: \(error.reason)")
            }
        }
    }
}
