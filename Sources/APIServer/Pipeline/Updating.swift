import Documents
import KubernetesAPI

extension APIServer {
    /// Replaces an object, or what a subresource shows of it.
    func update(_ request: Request, _ object: KubernetesObject, _ options: WriteOptions) throws(Status)
        -> KubernetesObject
    {
        let strategy = try begin(request)
        let subresource = try resolve(request, strategy)
        switch subresource {
        case .binding: return try bind(request, object, options)
        case .eviction: return try evict(request, object, options)
        case .scale: return try updateScale(request, object, options)
        case .status, .finalize, nil: break
        }
        try Decoding.check(object, as: request.resource, isStrict: options.strictFields)
        if object.name.isEmpty { throw Status(.badRequest, "name must be provided") }
        var replacement = object
        replacement.document.dropNullMembers()
        try place(&replacement, request)
        let submitted = replacement
        return try change(request, strategy, subresource, options) { _ throws(Status) in submitted }
    }

    /// Reads, changes, checks and writes; again from the start when somebody else was faster, unless the change names
    /// the revision that it is for.
    func change(
        _ request: Request, _ strategy: any Strategy, _ subresource: Subresource?, _ options: WriteOptions,
        _ transform: (KubernetesObject) throws(Status) -> KubernetesObject
    ) throws(Status) -> KubernetesObject {
        let resource = request.resource
        let name = request.name ?? ""
        while true {
            guard let current = try storage.get(resource, namespace: request.namespace, name: name) else {
                throw Status.notFound(resource, name)
            }
            var object = try transform(current)
            let wanted = object.resourceVersion
            if !wanted.isEmpty, wanted != current.resourceVersion { throw Status.conflict(resource, name) }
            if !object.uid.isEmpty, object.uid != current.uid {
                throw Status.conflict(
                    resource, name,
                    because:
                        "Precondition failed: UID in precondition: \(object.uid), UID in object meta: \(current.uid)")
            }
            try prepare(&object, from: current, strategy, subresource)
            // A write that changes nothing makes no revision, so nobody is woken by it.
            if object == current { return current }
            if options.dryRun {
                strategy.release(from: object, keeping: current)
                return object
            }
            do throws(Status) {
                if object.isBeingDeleted, isFree(object) {
                    let last = try storage.remove(resource, object, replacing: current, cause: request.cause)
                    strategy.release(from: current, keeping: nil)
                    return last
                }
                let stored = try storage.replace(resource, object, replacing: current, cause: request.cause)
                strategy.release(from: current, keeping: stored)
                return stored
            } catch {
                strategy.release(from: object, keeping: current)
                guard error.reason == .conflict, wanted.isEmpty else { throw error }
            }
        }
    }

    /// Nothing holds the object back any more once its deletion has been asked for.
    func isFree(_ object: KubernetesObject) -> Bool {
        object.finalizers.isEmpty && (object.metadata["deletionGracePeriodSeconds"]?.int ?? 0) == 0
            && (object.kind != APIResource.namespaces.kind || object.spec.elements("finalizers").isEmpty)
    }

    private func prepare(
        _ object: inout KubernetesObject, from current: KubernetesObject, _ strategy: any Strategy,
        _ subresource: Subresource?
    ) throws(Status) {
        keepSystemMetadata(&object, from: current)
        var errors: [FieldError] = []
        switch subresource {
        case .status:
            keepAllBut("status", &object, from: current)
            object.metadata["ownerReferences"] = current.metadata["ownerReferences"]
            strategy.prepareForStatusUpdate(&object, from: current)
            if object == current { return }
            errors = MetadataValidation.errors(in: object, from: current, strategy)
            errors += strategy.validateStatusUpdate(of: object, from: current)
        case .finalize:
            let finalizers = object.spec["finalizers"]
            keepAllBut("status", &object, from: current)
            object.document["status"] = current.document["status"]
            object.spec["finalizers"] = finalizers
            errors = MetadataValidation.errors(in: object, from: current, strategy)
        default:
            if strategy.hasStatus { object.document["status"] = current.document["status"] }
            strategy.applyDefaults(to: &object)
            strategy.prepareForUpdate(&object, from: current)
            countGeneration(&object, from: current, strategy)
            if object == current { return }
            errors = MetadataValidation.errors(in: object, from: current, strategy)
            errors += strategy.validateUpdate(of: object, from: current)
            if errors.isEmpty {
                do throws(FieldErrors) {
                    try strategy.allocate(for: &object, replacing: current)
                } catch {
                    errors = error.errors
                }
            }
        }
        if !errors.isEmpty { throw Status.invalid(strategy.resource, current.name, errors) }
    }

    /// Puts back what an update leaves out or has no say in.
    private func keepSystemMetadata(_ object: inout KubernetesObject, from current: KubernetesObject) {
        for member in [
            "uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink",
            "resourceVersion", "generateName",
        ] where object.metadata[member] != current.metadata[member] {
            object.metadata[member] = current.metadata[member]
        }
        if object.metadata["managedFields"] != nil { object.metadata["managedFields"] = nil }
    }

    private func keepAllBut(_ member: String, _ object: inout KubernetesObject, from current: KubernetesObject) {
        var document = current.document
        document["metadata"] = object.document["metadata"]
        document[member] = object.document[member]
        object.document = document
    }

    private func countGeneration(
        _ object: inout KubernetesObject, from current: KubernetesObject, _ strategy: any Strategy
    ) {
        guard strategy.countsGenerations else { return }
        var before = current.document
        var after = object.document
        for member in ["metadata", "status"] {
            before[member] = nil
            after[member] = nil
        }
        // A Deployment's annotations steer its controller, so they count as well.
        let isChanged =
            before != after
            || (strategy.resource == .deployments && current.annotations != object.annotations)
        if isChanged { object.metadata["generation"] = .integer(current.generation + 1) }
    }
}
