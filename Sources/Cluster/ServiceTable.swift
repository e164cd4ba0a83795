import ContainerRuntime
import Documents
import KubernetesAPI

/// Which virtual addresses lead where: a pure function of Services and EndpointSlices (what kube-proxy works out).
struct ServiceTable {
    /// Cluster addresses that are served in process and must not be rewritten.
    let reserved: Set<String>

    func make(services: [KubernetesObject], slices: [KubernetesObject]) -> [VirtualService] {
        let byService = Dictionary(grouping: slices) { slice in
            ObjectKey(namespace: slice.namespace, name: slice.labels["kubernetes.io/service-name"] ?? "")
        }
        return services.flatMap { service -> [VirtualService] in
            guard let address = service.spec["clusterIP"]?.string, !address.isEmpty, address != "None",
                !reserved.contains(address)
            else { return [] }
            let slices = byService[service.key] ?? []
            return (service.spec["ports"]?.array ?? []).compactMap {
                virtualService($0, of: service, address: address, slices: slices)
            }
        }
    }

    private func virtualService(
        _ port: JSONValue, of service: KubernetesObject, address: String, slices: [KubernetesObject]
    ) -> VirtualService? {
        guard let number = Self.port(port["port"]),
            let transport = VirtualService.TransportProtocol(rawValue: port["protocol"]?.string ?? "TCP")
        else { return nil }
        let name = port["name"]?.string ?? ""
        var affinity: Int?
        if service.spec["sessionAffinity"]?.string == "ClientIP" {
            affinity = service.spec.at("sessionAffinityConfig", "clientIP", "timeoutSeconds")?.int ?? 10_800
        }
        return VirtualService(
            name: "\(service.key)" + (name.isEmpty ? "" : ":\(name)"), address: address, port: number,
            transport: transport, nodePort: Self.port(port["nodePort"]),
            endpoints: Self.endpoints(slices, port: name, transport: transport), clientAffinity: affinity)
    }

    private static func port(_ value: JSONValue?) -> UInt16? {
        value?.int.flatMap { UInt16(exactly: $0) }.flatMap { $0 == 0 ? nil : $0 }
    }

    /// Ready ones; where there is none, those that are ending but still serve (KEP-1669).
    private static func endpoints(
        _ slices: [KubernetesObject], port name: String, transport: VirtualService.TransportProtocol
    ) -> [VirtualService.Endpoint] {
        var ready: Set<VirtualService.Endpoint> = []
        var ending: Set<VirtualService.Endpoint> = []
        for slice in slices {
            let match = (slice.document["ports"]?.array ?? []).first { port in
                (port["name"]?.string ?? "") == name && (port["protocol"]?.string ?? "TCP") == transport.rawValue
            }
            guard let number = self.port(match?["port"]) else { continue }
            for endpoint in slice.document["endpoints"]?.array ?? [] {
                let addresses = (endpoint["addresses"]?.array ?? []).compactMap(\.string)
                let found = addresses.map { VirtualService.Endpoint(address: $0, port: number) }
                let conditions = endpoint["conditions"]
                if conditions?["ready"]?.bool != false {
                    ready.formUnion(found)
                } else if conditions?["serving"]?.bool == true, conditions?["terminating"]?.bool == true {
                    ending.formUnion(found)
                }
            }
        }
        return (ready.isEmpty ? ending : ready).sorted { ($0.address, $0.port) < ($1.address, $1.port) }
    }
}
