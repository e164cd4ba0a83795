import Documents
import KubernetesAPI

extension APIServer {
    private static let orphan = "orphan"
    private static let foreground = "foregroundDeletion"

    /// Removes an object, or marks it where grace, finalizers or a namespace's content hold it.
    func delete(_ request: Request, _ options: DeleteOptions) throws(Status) -> KubernetesObject {
        let strategy = try begin(request)
        let resource = request.resource
        let name = request.name ?? ""
        while true {
            guard let current = try storage.get(resource, namespace: request.namespace, name: name) else {
                throw Status.notFound(resource, name)
            }
            try checkPreconditions(options, current, resource)
            try strategy.checkBeforeDeletion(of: current)
            guard let object = marked(current, options, strategy) else { return current }
            if options.dryRun { return object }
            do throws(Status) {
                if isFree(object) {
                    let last = try storage.remove(resource, object, replacing: current, cause: request.cause)
                    strategy.release(from: current, keeping: nil)
                    return last
                }
                return try storage.replace(resource, object, replacing: current, cause: request.cause)
            } catch {
                if error.reason != .conflict { throw error }
            }
        }
    }

    /// The object as deletion leaves it; nil where it is on its way already and the call changes nothing.
    private func marked(_ current: KubernetesObject, _ options: DeleteOptions, _ strategy: any Strategy)
        -> KubernetesObject?
    {
        var object = current
        let grace = strategy.gracePeriod(for: current, requested: options.gracePeriodSeconds)
        if let begun = current.deletionTimestamp.flatMap(Timestamp.init) {
            // On its way: finalizers have the word now.
            guard let grace else { return isFree(current) ? current : nil }
            // A second call can only shorten the wait.
            let period = current.metadata["deletionGracePeriodSeconds"]?.int ?? 0
            guard options.gracePeriodSeconds != nil, grace < period else { return nil }
            object.metadata["deletionTimestamp"] = .string((begun + .seconds(grace - period)).text)
            object.metadata["deletionGracePeriodSeconds"] = .integer(grace)
            return object
        }
        object.finalizers = finalizers(of: current, options)
        object.metadata["deletionTimestamp"] = .string((now() + .seconds(grace ?? 0)).text)
        object.metadata["deletionGracePeriodSeconds"] = .integer(grace ?? 0)
        if current.generation > 0 { object.metadata["generation"] = .integer(current.generation + 1) }
        if strategy.resource == .namespaces {
            object.metadata["deletionGracePeriodSeconds"] = nil
            object.status["phase"] = "Terminating"
        }
        return object
    }

    /// What becomes of the dependents is left to the garbage collector, told by a finalizer.
    private func finalizers(of object: KubernetesObject, _ options: DeleteOptions) -> [String] {
        var finalizers = object.finalizers.filter { $0 != Self.orphan && $0 != Self.foreground }
        switch options.propagation {
        case .background: break
        case .foreground: finalizers.append(Self.foreground)
        case .orphan: finalizers.append(Self.orphan)
        }
        return finalizers
    }

    private func checkPreconditions(_ options: DeleteOptions, _ current: KubernetesObject, _ resource: APIResource)
        throws(Status)
    {
        if let uid = options.preconditionUID, uid != current.uid {
            throw Status.conflict(
                resource, current.name,
                because: "Precondition failed: UID in precondition: \(uid), UID in object meta: \(current.uid)")
        }
        if let version = options.preconditionResourceVersion, version != current.resourceVersion {
            throw Status.conflict(
                resource, current.name,
                because: "the ResourceVersion in the precondition (\(version)) does not match the ResourceVersion in "
                    + "record (\(current.resourceVersion)). The object might have been modified")
        }
    }
}
