import ContainerRuntime
import LinuxKernel

/// The networks there are, and the rules for making one. Pure: it knows nothing of wires.
struct NetworkRegistry {
    struct Network {
        /// Without endpoints.
        var status: NetworkStatus
        /// Of a network with addresses.
        var plan: NetworkPlan?
        /// The subnet was chosen by whoever made it.
        var hasChosenSubnet: Bool
    }

    /// docker's default bridge.
    static let defaultBridge = "bridge"
    /// Ranges that the cluster gives addresses from.
    static let clusterRanges = ["10.96.0.0/12", "10.244.0.0/16"]

    private(set) var byID: [String: Network] = [:]
    private var nextNumber = 1

    /// - Parameter identifier: gives a fresh id.
    init(defaultSubnet: String, now: Double, identifier: () -> String) {
        for (name, driver) in [
            (Self.defaultBridge, NetworkDriver.bridge), ("host", .host), ("none", .none),
        ] {
            var status = NetworkStatus(id: identifier(), name: name, driver: driver, createdAt: now)
            status.isPredefined = true
            var network = Network(status: status, plan: nil, hasChosenSubnet: false)
            if driver == .bridge, let subnet = IPv4Subnet(defaultSubnet) {
                network.status.subnet = defaultSubnet
                network.status.gateway = subnet[1].description
                network.status.options = [
                    "com.docker.network.bridge.default_bridge": "true", "com.docker.network.bridge.enable_icc": "true",
                    "com.docker.network.bridge.name": "docker0",
                ]
                network.plan = NetworkPlan(
                    id: status.id, name: name, number: 0, subnet: subnet, gateway: subnet[1], range: subnet,
                    isInternal: false,
                    resolvesNames: false)
            }
            byID[status.id] = network
        }
    }

    var all: [Network] { byID.values.sorted { $0.status.name < $1.status.name } }

    /// A name comes before an id, and a whole id before a part of one.
    func find(_ idOrName: String) throws(RuntimeError) -> Network {
        let wanted = idOrName == "default" ? Self.defaultBridge : idOrName
        if let named = byID.values.first(where: { $0.status.name == wanted }) { return named }
        let found = byID.values.filter { !wanted.isEmpty && $0.status.id.hasPrefix(wanted) }
        if found.count > 1 { throw .network(.ambiguous(idOrName)) }
        guard let network = found.first else { throw .network(.notFound(idOrName)) }
        return network
    }

    mutating func add(_ wanted: NetworkConfiguration, id: String, now: Double) throws(RuntimeError) -> Network {
        guard Self.isName(wanted.name) else { throw .network(.invalidName(wanted.name)) }
        if byID.values.contains(where: { $0.status.name == wanted.name }) {
            throw .network(.nameTaken(wanted.name))
        }
        guard wanted.driver == .bridge else { throw .network(.predefined(wanted.driver.rawValue)) }
        let subnet = try self.subnet(wanted)
        let gateway = try address(wanted.gateway, in: subnet) ?? subnet[1]
        let range = try self.range(wanted, in: subnet)
        var status = NetworkStatus(id: id, name: wanted.name, driver: .bridge, createdAt: now)
        status.subnet = subnet.description
        status.gateway = gateway.description
        status.addressRange = wanted.addressRange
        status.isInternal = wanted.isInternal
        status.isAttachable = wanted.isAttachable
        status.labels = wanted.labels
        status.options = wanted.options
        let plan = NetworkPlan(
            id: id, name: wanted.name, number: nextNumber, subnet: subnet, gateway: gateway, range: range,
            isInternal: wanted.isInternal, resolvesNames: true)
        nextNumber += 1
        let network = Network(status: status, plan: plan, hasChosenSubnet: wanted.subnet != nil)
        byID[id] = network
        return network
    }

    mutating func remove(_ id: String) { byID[id] = nil }

    private static func isName(_ name: String) -> Bool {
        name.utf8.enumerated().allSatisfy { index, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            case UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"): index > 0
            default: false
            }
        } && !name.isEmpty
    }

    // MARK: Addresses

    private func subnet(_ wanted: NetworkConfiguration) throws(RuntimeError) -> IPv4Subnet {
        guard let text = wanted.subnet else { return try freeSubnet() }
        guard let subnet = IPv4Subnet(text), (8...30).contains(subnet.prefixLength) else {
            throw .network(.invalidSubnet(text))
        }
        if let other = taken.first(where: { $0.overlaps(subnet) }) {
            throw .network(.overlap(subnet: text, other: other.description))
        }
        return subnet
    }

    private var taken: [IPv4Subnet] {
        byID.values.compactMap { $0.plan?.subnet } + Self.clusterRanges.compactMap { IPv4Subnet($0) }
            + [IPv4Subnet("127.0.0.0/8")].compactMap(\.self)
    }

    /// docker's own pools: 172.17–31.0.0/16, then pieces of 192.168.0.0/16.
    private func freeSubnet() throws(RuntimeError) -> IPv4Subnet {
        let taken = taken
        let pools =
            (17...31).map { "172.\($0).0.0/16" } + stride(from: 0, to: 256, by: 16).map { "192.168.\($0).0/20" }
        for pool in pools {
            guard let subnet = IPv4Subnet(pool), !taken.contains(where: { $0.overlaps(subnet) }),
                // host.docker.internal is in it.
                !subnet.contains(HostGateway.address)
            else { continue }
            return subnet
        }
        throw .network(.exhausted)
    }

    private func range(_ wanted: NetworkConfiguration, in subnet: IPv4Subnet) throws(RuntimeError) -> IPv4Subnet {
        guard let text = wanted.addressRange else { return subnet }
        guard let range = IPv4Subnet(text) else { throw .network(.invalidSubnet(text)) }
        guard range.prefixLength >= subnet.prefixLength, subnet.contains(range.base) else {
            throw .network(.outsideSubnet(address: text, subnet: subnet.description))
        }
        return range
    }

    private func address(_ text: String?, in subnet: IPv4Subnet) throws(RuntimeError) -> IPv4Address? {
        guard let text else { return nil }
        guard let address = IPv4Address(text), subnet.contains(address), address != subnet.base,
            address != subnet[subnet.count - 1]
        else { throw .network(.outsideSubnet(address: text, subnet: subnet.description)) }
        return address
    }
}

extension IPv4Subnet {
    /// One of the two holds the other.
    func overlaps(_ other: IPv4Subnet) -> Bool { contains(other.base) || other.contains(base) }
}

/// The address that stands for this machine itself in containers that were given it (`--add-host NAME:host-gateway`).
/// It is Docker Desktop's; the outbound proxy leads it to this machine's loopback.
public enum HostGateway {
    static let address = IPv4Address(value: 0xC0A8_41FE)
    /// It, in `--add-host NAME:host-gateway`.
    static let word = "host-gateway"
    /// `192.168.65.254`
    public static let text = address.description
}
