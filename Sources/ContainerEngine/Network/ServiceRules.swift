import ContainerRuntime
import LinuxKernel

/// The packet filter's content for a set of services, and the nft(8) transaction that leads from one content to
/// another. Pure: text in, text out.
///
///     service address, port ──@services──▶ chain of that service ──▶ one endpoint (dnat)
///     node's address, port  ──@nodeports─▶ the same chain
///     service range, anything else ──▶ refused
///
/// A lookup in a map costs the same with a thousand services as with one, and a service that changes touches its own
/// chain only.
struct ServiceRules {
    /// The chain of one service.
    struct Chain {
        var service: VirtualService
        /// Ready endpoints, in the order of their addresses.
        var targets: [Target]
        /// The first that fits leads to an endpoint.
        var rules: [String]
        /// Names of the sets of clients that stay with their endpoint, one an endpoint, and for how many seconds.
        var affinities: [String: Int]
    }

    /// The sets of clients of all services.
    private var affinities: [String: Int] { chains.values.reduce(into: [:]) { $0.merge($1.affinities) { $1 } } }

    struct Target: Hashable, Comparable {
        var address: IPv4Address
        var port: UInt16
        static func < (left: Target, right: Target) -> Bool {
            (left.address, left.port) < (right.address, right.port)
        }
    }

    /// By name.
    private(set) var chains: [String: Chain] = [:]
    /// Elements of the map from (address . protocol . port) to a chain.
    private(set) var services: [String: String] = [:]
    /// Elements of the map from (protocol . port) to a chain.
    private(set) var nodePorts: [String: String] = [:]
    /// How datagrams get from a service to an endpoint.
    private(set) var datagramPaths: Set<DatagramPath> = []
    /// Endpoints' addresses.
    private(set) var endpoints: Set<IPv4Address> = []

    struct DatagramPath: Hashable {
        /// Nil for a node's port.
        var address: IPv4Address?
        var port: UInt16
        var endpoint: Target
    }

    static let table = "ip kijabi"

    init() {}

    /// Malformed addresses and services without endpoints are left out: what nobody answers is refused.
    /// - Parameter old: earlier rules, from which those of unchanged services are taken.
    init(_ list: [VirtualService], reusing old: ServiceRules = ServiceRules()) {
        for service in list {
            let transport = service.transport == .tcp ? "tcp" : "udp"
            let address = service.address.flatMap { IPv4Address($0) }
            guard address != nil || service.nodePort != nil else { continue }
            let name =
                address.map { "service/\($0)/\(transport)/\(service.port)" }
                ?? "nodeport/\(transport)/\(service.nodePort ?? 0)"
            guard let chain = old.chains[name].flatMap({ $0.service == service ? $0 : nil }) ?? Self.chain(service)
            else { continue }
            chains[name] = chain
            if let address { services["\(address) . \(transport) . \(service.port)"] = name }
            if let nodePort = service.nodePort { nodePorts["\(transport) . \(nodePort)"] = name }
            for target in chain.targets { endpoints.insert(target.address) }
            if service.transport == .udp { addDatagramPaths(service, address, chain.targets) }
        }
    }

    private mutating func addDatagramPaths(_ service: VirtualService, _ address: IPv4Address?, _ targets: [Target]) {
        for target in targets {
            if let address {
                datagramPaths.insert(DatagramPath(address: address, port: service.port, endpoint: target))
            }
            if let nodePort = service.nodePort {
                datagramPaths.insert(DatagramPath(address: nil, port: nodePort, endpoint: target))
            }
        }
    }

    private static func chain(_ service: VirtualService) -> Chain? {
        let targets = service.endpoints.compactMap { endpoint in
            IPv4Address(endpoint.address).map { Target(address: $0, port: endpoint.port) }
        }.sorted()
        if targets.isEmpty { return nil }
        let transport = service.transport == .tcp ? "tcp" : "udp"
        let comment = service.name.filter { $0.isASCII && $0 != "\"" && $0 != "\\" && !$0.isNewline }.prefix(100)
        var chain = Chain(service: service, targets: targets, rules: [], affinities: [:])
        if let seconds = service.clientAffinity {
            chain.keepClients(seconds, transport)
        } else {
            chain.rules = [choice(targets)]
        }
        chain.rules = chain.rules.map { "meta l4proto \(transport) \($0) comment \"\(comment)\"" }
        return chain
    }

    private static func choice(_ targets: [Target]) -> String {
        if targets.count == 1 { return "dnat ip to \(targets[0].address):\(targets[0].port)" }
        let map = targets.enumerated().map { "\($0.offset) : \($0.element.address) . \($0.element.port)" }
        return "dnat ip to numgen random mod \(targets.count) map { \(map.joined(separator: ", ")) }"
    }

    /// The table without services, in one transaction that works whether or not it is there.
    static func skeleton(serviceSubnet: IPv4Subnet) -> String {
        let content = """
            map services { type ipv4_addr . inet_proto . inet_service : verdict; }
            map nodeports { type inet_proto . inet_service : verdict; }
            set endpoints { type ipv4_addr . ipv4_addr; }
            set inside { type ipv4_addr; flags interval; auto-merge; }
            chain dispatch {
              ip daddr . meta l4proto . th dport vmap @services
              ip daddr @inside ip daddr != 127.0.0.0/8 fib daddr type local meta l4proto . th dport vmap @nodeports
            }
            chain prerouting { type nat hook prerouting priority -100; jump dispatch; }
            chain output { type nat hook output priority -100; jump dispatch; }
            chain postrouting {
              type nat hook postrouting priority 100;
              ct status dnat ip saddr . ip daddr @endpoints masquerade comment "a pod that reaches itself by its service"
            }
            chain refuse {
              meta l4proto tcp reject with tcp reset
              reject
            }
            chain isolation { }
            chain forward {
              type filter hook forward priority 0
              ip daddr \(serviceSubnet) goto refuse
              ct state established,related accept
              jump isolation
            }
            chain outbound { type filter hook prerouting priority -150; }
            chain inward {
              type filter hook input priority 0
              ip daddr @inside accept
              meta l4proto { tcp, udp } accept
              reject with icmp type net-unreachable
            }
            chain sent {
              type filter hook output priority 0
              ip daddr \(serviceSubnet) fib daddr type != local goto refuse
            }
            """
        return "add table \(table)\ndelete table \(table)\ntable \(table) {\n\(content)\n}\n"
    }

    /// The transaction that leads from `old` to this, or nil where they are the same.
    func transaction(from old: ServiceRules) -> String? {
        var text = ""
        let names = chains.keys.sorted()
        for name in names where old.chains[name] == nil { text += "add chain \(Self.table) \(name)\n" }
        let (sets, oldSets) = (affinities, old.affinities)
        for (set, seconds) in sets.sorted(by: { $0.key < $1.key }) where oldSets[set] == nil {
            text +=
                "add set \(Self.table) \(set) "
                + "{ type ipv4_addr; flags dynamic,timeout; timeout \(seconds)s; size 65536; }\n"
        }
        for name in names {
            guard let rules = chains[name]?.rules, old.chains[name]?.rules != rules else { continue }
            if old.chains[name] != nil { text += "flush chain \(Self.table) \(name)\n" }
            for rule in rules { text += "add rule \(Self.table) \(name) \(rule)\n" }
        }
        text += Self.changes("services", old.services, services)
        text += Self.changes("nodeports", old.nodePorts, nodePorts)
        text += Self.changes(
            "endpoints", Self.pairs(old.endpoints.subtracting(endpoints)),
            Self.pairs(endpoints.subtracting(old.endpoints)))
        for name in old.chains.keys.sorted() where chains[name] == nil {
            text += "flush chain \(Self.table) \(name)\ndelete chain \(Self.table) \(name)\n"
        }
        for set in oldSets.keys.sorted() where sets[set] == nil { text += "delete set \(Self.table) \(set)\n" }
        return text.isEmpty ? nil : text
    }

    /// nft cannot compare two fields of a packet, but it can look up both as one: source and destination are the same.
    private static func pairs(_ addresses: Set<IPv4Address>) -> [String: String] {
        var pairs: [String: String] = [:]
        for address in addresses { pairs["\(address) . \(address)"] = "" }
        return pairs
    }

    /// - Parameters old, new: keys, and the chain that each leads to (empty in a set).
    private static func changes(_ set: String, _ old: [String: String], _ new: [String: String]) -> String {
        func element(_ key: String, _ chain: String) -> String { chain.isEmpty ? key : "\(key) : goto \(chain)" }
        let gone = old.filter { new[$0.key] != $0.value }.map { element($0.key, $0.value) }.sorted()
        let added = new.filter { old[$0.key] != $0.value }.map { element($0.key, $0.value) }.sorted()
        var text = ""
        if !gone.isEmpty { text += "delete element \(table) \(set) { \(gone.joined(separator: ", ")) }\n" }
        if !added.isEmpty { text += "add element \(table) \(set) { \(added.joined(separator: ", ")) }\n" }
        return text
    }
}

extension ServiceRules.Chain {
    /// As kube-proxy has it: each endpoint has a set of the clients that it served in the last `seconds`, which come back
    /// to it as long as it is there, whoever else comes or goes. New clients are spread evenly.
    fileprivate mutating func keepClients(_ seconds: Int, _ transport: String) {
        let own = service.address.map { "\($0)/\(service.port)" } ?? "node/\(service.nodePort ?? 0)"
        let ways = targets.map { target in
            (
                set: "affinity\(seconds)/\(own)/\(transport)/\(target.address)/\(target.port)",
                goal: "dnat ip to \(target.address):\(target.port)"
            )
        }
        for way in ways { affinities[way.set] = seconds }
        rules = ways.map { "ip saddr @\($0.set) update @\($0.set) { ip saddr } \($0.goal)" }
        for (index, way) in ways.enumerated() {
            let left = ways.count - index
            let chance = left == 1 ? "" : "numgen random mod \(left) 0 "
            rules.append("\(chance)update @\(way.set) { ip saddr } \(way.goal)")
        }
    }
}
