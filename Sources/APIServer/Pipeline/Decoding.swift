import Documents
import KubernetesAPI

/// The stage that holds what came in against the schema.
///
/// A value of the wrong type is always refused. A field nobody knows is refused where the client asks for strictness, and
/// kept otherwise: the stored document is the truth.
enum Decoding {
    static func check(_ object: KubernetesObject, as resource: APIResource, isStrict: Bool) throws(Status) {
        guard object.document.object != nil else {
            throw Status(.badRequest, "the object provided is unrecognized (must be of type \(resource.kind))")
        }
        if !object.kind.isEmpty, object.kind != resource.kind {
            throw Status(
                .badRequest,
                "\(object.kind) in version \"\(resource.version)\" cannot be handled as a \(resource.kind): "
                    + "the kind in the data (\(object.kind)) does not match the expected kind (\(resource.kind))")
        }
        if !object.apiVersion.isEmpty, object.apiVersion != resource.apiVersion {
            throw Status(
                .badRequest,
                "the API version in the data (\(object.apiVersion)) does not match the expected API version "
                    + "(\(resource.apiVersion))")
        }
        try check(object.document, structure: resource.kind, version: resource.version, isStrict: isStrict)
    }

    static func check(_ document: JSONValue, structure: String, version: String, isStrict: Bool) throws(Status) {
        guard let definition = Schema.kubernetes.structures[structure] else { return }
        var checker = FieldChecker()
        checker.check(document, against: definition, at: "")
        let beginning = "\(structure) in version \"\(version)\" cannot be handled as a \(structure): "
        if let fault = checker.typeFault { throw Status(.badRequest, beginning + fault) }
        if isStrict, !checker.unknown.isEmpty {
            let list = checker.unknown.map(\.message).joined(separator: ", ")
            throw Status(
                .badRequest, "\(beginning)strict decoding error: \(list)",
                causes: checker.unknown.map {
                    Status.Cause(reason: "FieldValueNotSupported", message: $0.message, field: $0.path)
                })
        }
    }
}
