import Documents
import KubernetesAPI

/// The stage after defaulting, which looks beyond the object itself.
struct Admission: Sendable {
    let storage: Storage
    /// How long a Pod that says nothing itself stays on a node that is not ready or not reachable.
    let tolerationOfLostNode: Duration

    func admitCreation(_ object: inout KubernetesObject, of resource: APIResource) throws(Status) {
        try requireLivingNamespace(for: object, of: resource)
        if resource == .pods { tolerateFailingNodes(&object) }
    }

    /// Nothing new comes into a namespace that is missing or going (`NamespaceLifecycle`).
    private func requireLivingNamespace(for object: KubernetesObject, of resource: APIResource) throws(Status) {
        guard resource.isNamespaced else { return }
        guard let namespace = try storage.get(.namespaces, namespace: nil, name: object.namespace) else {
            throw Status.notFound(.namespaces, object.namespace)
        }
        guard namespace.isBeingDeleted || namespace.status.text("phase") == "Terminating" else { return }
        throw Status(
            .forbidden,
            "\(resource.qualifiedPlural) \"\(object.name)\" is forbidden: unable to create new content in namespace "
                + "\(object.namespace) because it is being terminated", name: object.name, group: resource.group,
            kind: resource.plural,
            causes: [
                Status.Cause(
                    reason: "NamespaceTerminating", message: "namespace \(object.namespace) is being terminated",
                    field: "metadata.namespace")
            ])
    }

    /// Writes into the Pod how long it stays on a node that is not ready or not reachable (`DefaultTolerationSeconds`).
    private func tolerateFailingNodes(_ pod: inout KubernetesObject) {
        var tolerations = pod.spec.elements("tolerations")
        for condition in ["not-ready", "unreachable"] {
            let key = "node.kubernetes.io/\(condition)"
            let isTolerated = tolerations.contains { toleration in
                let named = toleration.text("key")
                let effect = toleration.text("effect")
                return (named == key || (named.isEmpty && toleration.text("operator") == "Exists"))
                    && (effect == "NoExecute" || effect.isEmpty)
            }
            if isTolerated { continue }
            tolerations.append([
                "key": .string(key), "operator": "Exists", "effect": "NoExecute",
                "tolerationSeconds": .integer(Int(tolerationOfLostNode.components.seconds)),
            ])
        }
        pod.spec["tolerations"] = .array(tolerations)
    }
}
