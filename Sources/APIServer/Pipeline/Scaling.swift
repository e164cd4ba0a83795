import Documents
import KubernetesAPI

// The `scale` subresource: `autoscaling/v1 Scale`, the number of replicas alone.
extension APIServer {
    private static let scaleResource = APIResource(
        group: "autoscaling", version: "v1", kind: "Scale", plural: "scales")

    /// The Scale of a Deployment or ReplicaSet.
    func scale(of workload: KubernetesObject) -> KubernetesObject {
        var scale = KubernetesObject(Self.scaleResource, namespace: workload.namespace, name: workload.name)
        for member in ["uid", "resourceVersion", "creationTimestamp"] {
            scale.metadata[member] = workload.metadata[member]
        }
        scale.spec = ["replicas": workload.spec["replicas"] ?? 0]
        scale.status = ["replicas": workload.status["replicas"] ?? 0]
        if let selector = workload.spec["selector"] {
            scale.status["selector"] = .string(LabelSelector(document: selector).description)
        }
        return scale
    }

    func updateScale(_ request: Request, _ submitted: KubernetesObject, _ options: WriteOptions) throws(Status)
        -> KubernetesObject
    {
        try Decoding.check(submitted, as: Self.scaleResource, isStrict: options.strictFields)
        return try rescale(request, options) { _ throws(Status) in submitted }
    }

    func patchScale(_ request: Request, _ patch: Patch, _ options: WriteOptions) throws(Status) -> KubernetesObject {
        try rescale(request, options) { current throws(Status) in
            var base = self.scale(of: current)
            base.resourceVersion = ""
            let result = KubernetesObject(
                try Self.apply(patch, to: base.document, schema: .unknown))
            try Decoding.check(result, as: Self.scaleResource, isStrict: options.strictFields)
            return result
        }
    }

    private func rescale(
        _ request: Request, _ options: WriteOptions,
        _ wanted: (KubernetesObject) throws(Status) -> KubernetesObject
    ) throws(Status) -> KubernetesObject {
        let strategy = try strategies.strategy(for: request.resource)
        let workload = try change(request, strategy, nil, options) { current throws(Status) in
            let scale = try wanted(current)
            let replicas = scale.spec["replicas"]?.int ?? 0
            if replicas < 0 {
                throw Status.invalid(
                    Self.scaleResource, current.name,
                    [.invalid("spec.replicas", .integer(replicas), "must be greater than or equal to 0")])
            }
            var workload = current
            workload.resourceVersion = scale.resourceVersion
            workload.spec["replicas"] = .integer(replicas)
            return workload
        }
        return scale(of: workload)
    }
}
