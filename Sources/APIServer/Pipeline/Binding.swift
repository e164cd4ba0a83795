import Documents
import KubernetesAPI

// The `binding` and `eviction` subresources of Pods.
extension APIServer {
    /// Assigns a Pod to the node that a `Binding` names: the scheduler's one write.
    /// - Returns: the Pod.
    func bind(_ request: Request, _ binding: KubernetesObject, _ options: WriteOptions) throws(Status)
        -> KubernetesObject
    {
        try Decoding.check(
            binding.document, structure: "Binding", version: "v1", isStrict: options.strictFields)
        let target = binding.document["target"] ?? [:]
        let node = target.text("name")
        let name = request.name ?? ""
        var errors: [FieldError] = []
        if !["", "Node"].contains(target.text("kind")) {
            errors.append(.notSupported("target.kind", .string(target.text("kind")), ["", "Node"]))
        }
        if node.isEmpty { errors.append(.required("target.name")) }
        if !errors.isEmpty {
            throw Status.invalid(
                APIResource(group: "", version: "v1", kind: "Binding", plural: "bindings"), name, errors)
        }
        while true {
            guard let current = try storage.get(.pods, namespace: request.namespace, name: name) else {
                throw Status.notFound(.pods, name)
            }
            func refuse(_ reason: String) -> Status {
                Status(
                    .conflict, "Operation cannot be fulfilled on pods/binding \"\(name)\": \(reason)", name: name,
                    kind: "pods/binding")
            }
            if !binding.uid.isEmpty, binding.uid != current.uid {
                throw refuse(
                    "Precondition failed: UID in precondition: \(binding.uid), UID in object meta: \(current.uid)")
            }
            if current.isBeingDeleted {
                throw refuse("pod \(name) is being deleted, cannot be assigned to a host")
            }
            let assigned = current.spec.text("nodeName")
            if !assigned.isEmpty { throw refuse("pod \(name) is already assigned to node \"\(assigned)\"") }
            var pod = current
            pod.spec["nodeName"] = .string(node)
            pod.setCondition(Condition("PodScheduled", .yes), now: now())
            for (key, value) in binding.annotations { pod.metadata["annotations", default: [:]][key] = .string(value) }
            if options.dryRun { return pod }
            do throws(Status) {
                return try storage.replace(.pods, pod, replacing: current, cause: request.cause)
            } catch {
                if error.reason != .conflict { throw error }
            }
        }
    }

    /// Deletes a Pod as an `Eviction` asks. No disruption budget stands against it.
    func evict(_ request: Request, _ eviction: KubernetesObject, _ options: WriteOptions) throws(Status)
        -> KubernetesObject
    {
        let asked = eviction.document["deleteOptions"] ?? [:]
        var deletion = DeleteOptions(gracePeriodSeconds: asked["gracePeriodSeconds"]?.int, dryRun: options.dryRun)
        deletion.preconditionUID = asked.at("preconditions", "uid")?.string
        deletion.preconditionResourceVersion = asked.at("preconditions", "resourceVersion")?.string
        return try delete(request, deletion)
    }
}
