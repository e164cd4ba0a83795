import Commands
import Documents
import KubernetesAPI

/// Changes objects by patches: on the server, as the server would (`--dry-run=server`), or only here.
struct Changer {
    let call: Call
    let dryRun: DryRun
    private let manager: String
    private var printer: ResultPrinter

    init(_ call: Call, manager: String) throws {
        self.call = call
        self.manager = call.invocation["field-manager"] ?? manager
        dryRun = try DryRun(call)
        printer = try ResultPrinter(call, dryRun: dryRun)
    }

    /// The object with the patch applied.
    func change(_ target: Target, _ object: KubernetesObject, _ patch: Patch, subresource: Subresource? = nil)
        async throws -> KubernetesObject
    {
        if dryRun == .client { return try Self.apply(patch, to: object, target.resource) }
        return try await call.client.patch(
            target.resource, namespace: target.namespace, name: target.name, patch, subresource: subresource,
            WriteOptions(dryRun: dryRun == .server, fieldManager: manager))
    }

    mutating func report(_ target: Target, _ object: KubernetesObject, _ operation: String) async throws {
        try await printer.report(target.resource, object, operation)
    }

    private static func apply(_ patch: Patch, to object: KubernetesObject, _ resource: APIResource) throws
        -> KubernetesObject
    {
        do {
            switch patch {
            case .merge(let patch): return KubernetesObject(MergePatch.apply(patch, to: object.document))
            case .json(let patch): return KubernetesObject(try JSONPatch.apply(patch, to: object.document))
            case .strategic(let patch):
                let schema = Schema.patchSchema(of: resource)
                return KubernetesObject(
                    try StrategicMergePatch.apply(patch, to: object.document, schema: schema))
            }
        } catch {
            throw Failure.message("\(error)")
        }
    }
}
