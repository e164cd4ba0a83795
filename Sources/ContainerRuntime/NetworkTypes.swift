/// How a network carries packets.
public enum NetworkDriver: String, Sendable, Hashable {
    /// Addresses of its own behind a gateway, which leads outside.
    case bridge
    /// The network of the machine that containers run on (here: of the harbour).
    case host
    /// Nothing but the loopback.
    case none = "null"
}

/// What a network is made of: `docker network create`.
public struct NetworkConfiguration: Sendable, Hashable {
    /// A letter or digit, then letters, digits, `_`, `.` and `-`.
    public var name: String
    public var driver: NetworkDriver
    /// CIDR; nil for the next free one, as docker gives them out (`172.18.0.0/16`, …).
    public var subnet: String?
    /// An address of the subnet; nil for its first.
    public var gateway: String?
    /// CIDR inside the subnet, from which addresses are given out; nil for the whole subnet.
    public var addressRange: String?
    /// Without a way outside.
    public var isInternal: Bool
    /// Kept and shown: here every network may be attached to.
    public var isAttachable = false
    public var labels: [String: String]
    /// Driver options (`-o`), kept and shown.
    public var options: [String: String]

    public init(name: String, driver: NetworkDriver = .bridge) {
        self.name = name
        self.driver = driver
        isInternal = false
        labels = [:]
        options = [:]
    }
}

/// A wish to be in a network: of a container that is made, or of a running one (`docker network connect`).
public struct NetworkAttachment: Sendable, Hashable {
    /// Name, id or unique prefix of an id.
    public var network: String
    /// Names by which the network's other containers find this one, beside its own name and short id.
    public var aliases: [String]
    /// A certain address of the network's subnet; nil for the next free one.
    public var address: String?
    /// `02:42:ac:11:00:02`; nil for one made of the address.
    public var hardwareAddress: String?

    public init(
        _ network: String, aliases: [String] = [], address: String? = nil, hardwareAddress: String? = nil
    ) {
        self.network = network
        self.aliases = aliases
        self.address = address
        self.hardwareAddress = hardwareAddress
    }
}

/// A container's place in a network.
public struct NetworkEndpoint: Sendable, Hashable {
    /// 64 hexadecimal digits; empty while the container does not run.
    public var id: String
    public var networkID: String
    public var networkName: String
    public var containerID: String
    public var containerName: String
    /// As they were asked for.
    public var aliases: [String]
    /// All names by which it is found in this network; none in the default bridge.
    public var names: [String]
    /// Dotted IPv4; nil while the container does not run.
    public var address: String?
    /// Of the network's subnet.
    public var prefixLength: Int
    public var gateway: String?
    /// `02:42:…`
    public var hardwareAddress: String?
    /// `eth0`, as the container sees it.
    public var interface: String?
    /// Its other end in the harbour: `net0-105`.
    public var hostInterface: String?

    public init(networkID: String, networkName: String, containerID: String, containerName: String) {
        id = ""
        self.networkID = networkID
        self.networkName = networkName
        self.containerID = containerID
        self.containerName = containerName
        aliases = []
        names = []
        prefixLength = 0
    }
}

/// A network as it is: `docker network inspect`.
public struct NetworkStatus: Sendable, Hashable {
    /// 64 hexadecimal digits.
    public var id: String
    public var name: String
    public var driver: NetworkDriver
    /// Seconds since 1970, with fraction.
    public var createdAt: Double
    /// CIDR; nil without addresses of its own.
    public var subnet: String?
    public var gateway: String?
    public var addressRange: String?
    public var isInternal: Bool
    public var isAttachable = false
    public var labels: [String: String]
    public var options: [String: String]
    /// `bridge`, `host` and `none`, which are always there.
    public var isPredefined: Bool
    /// Of the running containers in it, by name.
    public var endpoints: [NetworkEndpoint]

    public init(id: String, name: String, driver: NetworkDriver, createdAt: Double) {
        self.id = id
        self.name = name
        self.driver = driver
        self.createdAt = createdAt
        isInternal = false
        labels = [:]
        options = [:]
        isPredefined = false
        endpoints = []
    }
}

/// Why something cannot be done with a network.
public enum NetworkFailure: Sendable, Hashable {
    case notFound(String)
    /// An id's prefix that several networks have.
    case ambiguous(String)
    case nameTaken(String)
    case invalidName(String)
    /// `bridge`, `host` and `none` stay.
    case predefined(String)
    /// Containers are in it.
    case inUse(network: String, endpoints: [NetworkEndpoint])
    /// The subnet overlaps with that of another network, or with one that the cluster uses.
    case overlap(subnet: String, other: String)
    /// No subnet, or no address, is left to give out.
    case exhausted
    case invalidSubnet(String)
    /// Gateway, range or wanted address outside of the subnet, or not usable.
    case outsideSubnet(address: String, subnet: String)
    case addressTaken(String)
    /// A certain address can be had in networks with a subnet that was chosen, only.
    case addressNeedsChosenSubnet(String)
    case addressNeedsUserNetwork
    case aliasNeedsUserNetwork
    case alreadyConnected(container: String, network: String)
    case notConnected(container: String, network: String)
    /// host, none and container:… exclude every other network.
    case exclusive(mode: String)
    /// A driver that is not here: macvlan, overlay, …
    case noDriver(String)
}
