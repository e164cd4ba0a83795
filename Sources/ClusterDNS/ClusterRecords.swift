public import DNS

/// What the zone asks about the cluster. Answers are of the moment.
public protocol ClusterRecords: Sendable {
    func service(namespace: String, name: String) -> ServiceRecord?
    /// The endpoints that may be told, ready or published all the same.
    func endpoints(namespace: String, service: String) -> [EndpointRecord]
    func hasNamespace(_ name: String) -> Bool
    /// The services with that cluster address, and those that have an endpoint there.
    func names(of address: IPv4) -> [ReverseRecord]
}

public struct ServiceRecord: Sendable, Hashable {
    public enum Address: Sendable, Hashable {
        case cluster(IPv4)
        /// `clusterIP: None`: the endpoints' own addresses.
        case headless
        /// `type: ExternalName`
        case external(String)
    }
    public var address: Address
    public var ports: [PortRecord]
    public init(address: Address, ports: [PortRecord]) {
        self.address = address
        self.ports = ports
    }
}

public struct PortRecord: Sendable, Hashable {
    public var name: String
    /// `tcp`, `udp`
    public var transport: String
    public var port: UInt16
    public init(name: String, transport: String, port: UInt16) {
        self.name = name
        self.transport = transport
        self.port = port
    }
}

public struct EndpointRecord: Sendable, Hashable {
    /// Its `hostname`, if it has one.
    public var hostname: String?
    public var address: IPv4
    public var ports: [PortRecord]
    public init(hostname: String? = nil, address: IPv4, ports: [PortRecord]) {
        self.hostname = hostname
        self.address = address
        self.ports = ports
    }

    /// The label that stands for it under its service: `10-244-1-5` where it has no name.
    public var label: String { hostname ?? address.text.split(separator: ".").joined(separator: "-") }
}

public struct ReverseRecord: Sendable, Hashable {
    public var namespace: String
    public var service: String
    /// Of an endpoint.
    public var label: String?
    public init(namespace: String, service: String, label: String? = nil) {
        self.namespace = namespace
        self.service = service
        self.label = label
    }
}
