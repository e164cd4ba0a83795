import Documents
import KubernetesAPI

extension APIServer {
    /// Takes a new object through all stages.
    func create(_ request: Request, _ object: KubernetesObject, _ options: WriteOptions) throws(Status)
        -> KubernetesObject
    {
        let strategy = try begin(request)
        try Decoding.check(object, as: request.resource, isStrict: options.strictFields)
        var object = object
        object.document.dropNullMembers()
        try place(&object, request)
        if !object.resourceVersion.isEmpty {
            throw Status(.badRequest, "resourceVersion should not be set on objects to be created")
        }
        let isNameOpen = object.name.isEmpty && !object.metadata.text("generateName").isEmpty
        var attempt = 0
        while true {
            attempt += 1
            do throws(Status) {
                return try createOnce(request, object, options, strategy)
            } catch {
                // A random name that is taken already says nothing against the next one.
                guard isNameOpen, error.reason == .alreadyExists, attempt < 8 else { throw error }
            }
        }
    }

    private func createOnce(
        _ request: Request, _ submitted: KubernetesObject, _ options: WriteOptions, _ strategy: any Strategy
    ) throws(Status) -> KubernetesObject {
        let resource = request.resource
        var object = submitted
        if object.name.isEmpty, let prefix = object.metadata["generateName"]?.string, !prefix.isEmpty {
            object.name = naming.name(after: prefix, in: object.namespace)
        }
        strategy.applyDefaults(to: &object)
        try admission.admitCreation(&object, of: resource)
        stampNew(&object, strategy)
        strategy.prepareForCreate(&object)
        let errors = MetadataValidation.errors(in: object, strategy) + strategy.validate(object)
        if !errors.isEmpty { throw Status.invalid(resource, object.name, errors) }
        if try storage.get(resource, namespace: request.namespace, name: object.name) != nil {
            throw Status.alreadyExists(resource, object.name)
        }
        do throws(FieldErrors) {
            try strategy.allocate(for: &object, replacing: nil)
        } catch {
            throw Status.invalid(resource, object.name, error.errors)
        }
        if options.dryRun {
            strategy.release(from: object, keeping: nil)
            return object
        }
        do throws(Status) {
            return try storage.create(resource, object, cause: request.cause)
        } catch {
            strategy.release(from: object, keeping: nil)
            throw error
        }
    }

    /// Gives the object its kind and the namespace of the request.
    func place(_ object: inout KubernetesObject, _ request: Request) throws(Status) {
        if object.apiVersion.isEmpty { object.document["apiVersion"] = .string(request.resource.apiVersion) }
        if object.kind.isEmpty { object.document["kind"] = .string(request.resource.kind) }
        guard request.resource.isNamespaced else {
            if object.metadata["namespace"] != nil { object.namespace = "" }
            return
        }
        guard let namespace = request.namespace, !namespace.isEmpty else {
            throw Status(.badRequest, "an empty namespace may not be set during creation")
        }
        if object.namespace.isEmpty {
            object.namespace = namespace
        } else if object.namespace != namespace {
            throw Status(
                .badRequest, "the namespace of the provided object does not match the namespace sent on the request")
        }
    }

    /// Sets what only the server may say about a new object.
    private func stampNew(_ object: inout KubernetesObject, _ strategy: any Strategy) {
        for member in ["deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "managedFields", "generation"]
        where object.metadata[member] != nil {
            object.metadata[member] = nil
        }
        object.metadata["uid"] = .string(
            naming.uid(
                for: Storage.key(strategy.resource, namespace: object.namespace, name: object.name)))
        object.metadata["creationTimestamp"] = .string(now().text)
        if strategy.countsGenerations { object.metadata["generation"] = 1 }
    }
}
