/// What a pod sandbox is made of.
public struct SandboxConfiguration: Sendable {
    public enum Network: Sendable, Hashable {
        /// A network namespace of its own with a veth and an address from `subnet` (CIDR, e.g. `10.244.1.0/24`).
        case pod(subnet: String)
        /// A network namespace of its own with an interface in each of these networks of `NetworkService`.
        case networks([NetworkAttachment])
        /// A network namespace of its own with only the loopback.
        case none
        /// The network of the harbour, as a node's processes see it (`hostNetwork: true`, `--network host`).
        case host
        /// The network of another sandbox (`--network container:ID`).
        case sandbox(String)
    }

    /// e.g. `default/web-5d9c…`; shown by tools, need not be unique.
    public var name: String
    public var hostname: String
    /// The NIS domain name, setdomainname(2); empty leaves it.
    public var domainname: String = ""
    public var network: Network
    /// A fixed address inside the subnet, or nil for the next free one.
    public var address: String?
    /// Lines of /etc/resolv.conf in its containers; nil leaves the image's.
    public var dns: DNSConfiguration?
    /// Further lines of /etc/hosts: address and names.
    public var hosts: [(address: String, names: [String])]
    /// Containers, by id, whose addresses stand in /etc/hosts under these names too: as they are when it is made ready.
    public var links: [(container: String, alias: String)] = []
    /// All containers share one pid namespace (`shareProcessNamespace`).
    public var sharesProcessNamespace: Bool
    public var labels: [String: String]

    public init(
        name: String, hostname: String, network: Network, address: String? = nil, dns: DNSConfiguration? = nil,
        hosts: [(address: String, names: [String])] = [], sharesProcessNamespace: Bool = false,
        labels: [String: String] = [:]
    ) {
        self.name = name
        self.hostname = hostname
        self.network = network
        self.address = address
        self.dns = dns
        self.hosts = hosts
        self.sharesProcessNamespace = sharesProcessNamespace
        self.labels = labels
    }
}

/// The content of resolv.conf(5).
public struct DNSConfiguration: Sendable, Hashable {
    public var nameservers: [String]
    public var searches: [String]
    public var options: [String]

    public init(nameservers: [String], searches: [String] = [], options: [String] = []) {
        self.nameservers = nameservers
        self.searches = searches
        self.options = options
    }
}

public struct SandboxStatus: Sendable {
    public var id: String
    public var name: String
    /// Its IPv4 address; nil without a network of its own.
    public var address: String?
    public var isReady: Bool
    /// Seconds since 1970, with fraction.
    public var createdAt: Double
    public var labels: [String: String]

    public init(
        id: String, name: String, address: String?, isReady: Bool, createdAt: Double, labels: [String: String]
    ) {
        self.id = id
        self.name = name
        self.address = address
        self.isReady = isReady
        self.createdAt = createdAt
        self.labels = labels
    }
}
