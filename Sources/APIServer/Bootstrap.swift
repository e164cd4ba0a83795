import Documents
public import KubernetesAPI

extension APIServer {
    /// Creates what every cluster has, where it is missing: the system namespaces and the `kubernetes` Service. Call it
    /// before the first client is used, also on a store with content, whose addresses are then known to be taken.
    /// - Parameter port: where the API is served to other programs, as the Service's target port.
    public func bootstrap(port: Int = 6443) throws(Status) {
        let client = "system:apiserver"
        for name in ["default", "kube-system", "kube-public", "kube-node-lease"] {
            try createIfMissing(.namespaces, KubernetesObject(.namespaces, name: name), user: client)
        }
        for service in try list(request(.list, .services, user: client), ListOptions()).items {
            if let address = IPv4Address(service.spec.text("clusterIP")) { try? services.take(address) }
            for nodePort in ServiceStrategy.nodePorts(of: service.spec) { try? services.take(nodePort: nodePort) }
        }
        var kubernetes = KubernetesObject(.services, namespace: "default", name: "kubernetes")
        kubernetes.labels = ["component": "apiserver", "provider": "kubernetes"]
        kubernetes.spec = [
            "clusterIP": .string(IPv4Address(bits: ServiceAllocator.firstAddress).description),
            "ports": [["name": "https", "port": 443, "targetPort": .integer(port)]],
        ]
        try createIfMissing(.services, kubernetes, user: client)
    }

    private func createIfMissing(_ resource: APIResource, _ object: KubernetesObject, user: String) throws(Status) {
        let namespace = resource.isNamespaced ? object.namespace : nil
        if try storage.get(resource, namespace: namespace, name: object.name) != nil { return }
        _ = try create(request(.create, resource, user: user, namespace: namespace), object, WriteOptions())
    }

    private func request(_ verb: Request.Verb, _ resource: APIResource, user: String, namespace: String? = nil)
        -> Request
    {
        Request(
            user: user, cause: "bootstrap", verb: verb, resource: resource, subresource: nil, namespace: namespace,
            name: nil)
    }
}
