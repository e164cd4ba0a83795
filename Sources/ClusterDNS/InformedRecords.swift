public import ControllerRuntime
public import DNS
import Documents
import KubernetesAPI

/// The cluster's records as informers know them.
public struct InformedRecords: ClusterRecords {
    private static let byAddress = ObjectIndex("address") { service in
        service.spec["clusterIP"]?.string.map { [$0] } ?? []
    }
    private static let byEndpoint = ObjectIndex("endpoint") { slice in
        (slice.document["endpoints"]?.array ?? []).flatMap { $0["addresses"]?.array?.compactMap(\.string) ?? [] }
    }
    private static let byService = ObjectIndex("service") { slice in
        slice.labels["kubernetes.io/service-name"].map { ["\(slice.namespace)/\($0)"] } ?? []
    }

    private let services: Lister
    private let slices: Lister
    private let namespaces: Lister

    public init(informers: InformerFactory) {
        services = informers.informer(.services, indexes: [Self.byAddress]).lister
        slices = informers.informer(.endpointSlices, indexes: [Self.byEndpoint, Self.byService]).lister
        namespaces = informers.informer(.namespaces).lister
    }

    public func service(namespace: String, name: String) -> ServiceRecord? {
        guard let service = services.get(ObjectKey(namespace: namespace, name: name)) else { return nil }
        let ports = (service.spec["ports"]?.array ?? []).compactMap(PortRecord.init)
        if service.spec["type"]?.string == "ExternalName" {
            return ServiceRecord(address: .external(service.spec["externalName"]?.string ?? ""), ports: ports)
        }
        guard let address = service.spec["clusterIP"]?.string.flatMap({ IPv4($0) }) else {
            return ServiceRecord(address: .headless, ports: ports)
        }
        return ServiceRecord(address: .cluster(address), ports: ports)
    }

    public func endpoints(namespace: String, service: String) -> [EndpointRecord] {
        let publishesAll =
            services.get(ObjectKey(namespace: namespace, name: service))?.spec["publishNotReadyAddresses"]?.bool
            ?? false
        return slices.list(by: Self.byService, "\(namespace)/\(service)").flatMap { slice in
            let ports = (slice.document["ports"]?.array ?? []).compactMap(PortRecord.init)
            return (slice.document["endpoints"]?.array ?? []).flatMap { endpoint -> [EndpointRecord] in
                guard publishesAll || endpoint.at("conditions", "ready")?.bool != false else { return [] }
                return (endpoint["addresses"]?.array ?? []).compactMap { address in
                    address.string.flatMap { IPv4($0) }.map {
                        EndpointRecord(hostname: endpoint["hostname"]?.string, address: $0, ports: ports)
                    }
                }
            }
        }
    }

    public func hasNamespace(_ name: String) -> Bool { namespaces.get(ObjectKey(name: name)) != nil }

    public func names(of address: IPv4) -> [ReverseRecord] {
        let found = services.list(by: Self.byAddress, address.text)
        if !found.isEmpty { return found.map { ReverseRecord(namespace: $0.namespace, service: $0.name) } }
        return slices.list(by: Self.byEndpoint, address.text).compactMap { slice in
            guard let service = slice.labels["kubernetes.io/service-name"] else { return nil }
            let label = endpoints(namespace: slice.namespace, service: service).first { $0.address == address }?.label
            return label.map { ReverseRecord(namespace: slice.namespace, service: service, label: $0) }
        }
    }
}

extension PortRecord {
    init?(_ document: JSONValue) {
        guard let port = document["port"]?.int.flatMap({ UInt16(exactly: $0) }) else { return nil }
        self.init(
            name: document["name"]?.string ?? "", transport: (document["protocol"]?.string ?? "TCP").lowercased(),
            port: port)
    }
}
