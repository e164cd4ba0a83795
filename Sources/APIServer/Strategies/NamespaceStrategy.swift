import Documents
import KubernetesAPI

/// A namespace goes in two steps: deletion marks it `Terminating`, and it is removed once the namespace controller has
/// emptied it and taken `kubernetes` out of `spec.finalizers` through the `finalize` subresource.
struct NamespaceStrategy: Strategy {
    let resource = APIResource.namespaces

    /// Kept from deletion: the cluster could not go on without them.
    static let immortal = ["default", "kube-system", "kube-public"]
    static let finalizer: JSONValue = "kubernetes"

    func prepareForCreate(_ namespace: inout KubernetesObject) {
        namespace.status = ["phase": "Active"]
        var finalizers = namespace.spec.elements("finalizers")
        if !finalizers.contains(Self.finalizer) { finalizers.append(Self.finalizer) }
        namespace.spec["finalizers"] = .array(finalizers)
    }

    func applyDefaults(to namespace: inout KubernetesObject) {
        let name = namespace.name
        guard !name.isEmpty else { return }
        namespace.metadata["labels", default: [:]]["kubernetes.io/metadata.name"] = .string(name)
    }

    func prepareForUpdate(_ namespace: inout KubernetesObject, from old: KubernetesObject) {
        namespace.spec["finalizers"] = old.spec["finalizers"]
    }

    func faults(inName name: String, isPrefix: Bool) -> [String] {
        NameRule.label.faults(in: name, isPrefix: isPrefix)
    }

    func checkBeforeDeletion(of namespace: KubernetesObject) throws(Status) {
        guard Self.immortal.contains(namespace.name) else { return }
        throw Status(
            .forbidden, "namespaces \"\(namespace.name)\" is forbidden: this namespace may not be deleted",
            name: namespace.name, kind: resource.plural)
    }

    var selectableFields: [String] { ["status.phase"] }
}
