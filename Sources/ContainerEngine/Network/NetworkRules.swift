import LinuxKernel

/// The packet filter's content for networks: who may reach whom, and how the outside is reached. Pure: text out.
///
/// Networks are told apart by the names of the harbour's ends of interfaces (`net3-…`, `int3-…` where there is no way
/// outside), which nobody inside can choose: a forged source address leads nowhere.
struct NetworkRules: Hashable {
    /// Where the outbound proxy listens in the harbour.
    struct OutboundPorts: Hashable {
        var stream: UInt16
        var datagram: UInt16
        /// New connections are first shown to the proxy by netfilter's log; false: they are accepted at once.
        var holds: Bool
    }

    /// Address ranges of the harbour's world; everything else is outside.
    var inside: Set<IPv4Subnet> = []
    /// By number.
    var networks: [Int: NetworkPlan] = [:]
    var outbound: OutboundPorts?

    /// nfnetlink_log's group for new connections.
    static let logGroup: UInt16 = 7
    /// On packets that the proxy has put back.
    static let admitted: UInt32 = 0x6b69

    /// The transaction that leads from `old` to this, or nil where they are the same.
    func transaction(from old: NetworkRules) -> String? {
        var text = ""
        let table = ServiceRules.table
        if inside != old.inside {
            // Neighbouring ranges have been merged, and a part of one cannot be taken out.
            text += "flush set \(table) inside\n"
            let ranges = inside.map(\.description).sorted().joined(separator: ", ")
            if !ranges.isEmpty { text += "add element \(table) inside { \(ranges) }\n" }
        }
        if networks != old.networks { text += chain("isolation", isolation) }
        if outbound != old.outbound { text += chain("outbound", outbound.map(Self.rules) ?? []) }
        return text.isEmpty ? nil : text
    }

    private func chain(_ name: String, _ rules: [String]) -> String {
        "flush chain \(ServiceRules.table) \(name)\n"
            + rules.map { "add rule \(ServiceRules.table) \(name) \($0)\n" }.joined()
    }

    /// docker drops what crosses from one network to another, and so does this. Pods (`veth…`) and docker's default bridge
    /// (number 0) reach each other.
    private var isolation: [String] {
        let prefixes = ["net0-"] + networks.keys.sorted().compactMap { networks[$0]?.prefix }
        let own = prefixes.map { "iifname \"\($0)*\" oifname \"\($0)*\" accept" }
        return own + [
            "iifname \"int*\" drop", "oifname \"int*\" drop", "iifname \"net*\" oifname \"net*\" drop",
            "oifname \"net0-*\" accept", "oifname \"net*\" drop",
        ]
    }

    private static func rules(_ ports: OutboundPorts) -> [String] {
        let begins = "tcp flags & (fin|syn|rst|ack) == syn"
        let admit = "\(begins) tproxy to 127.0.0.1:\(ports.stream) accept"
        var rules = [
            "ip daddr @inside accept", "iifname \"int*\" drop",
            "meta l4proto udp tproxy to 127.0.0.1:\(ports.datagram) accept",
        ]
        if ports.holds {
            rules += [
                "meta mark \(admitted) \(admit)",
                "\(begins) log group \(logGroup) snaplen 1500 queue-threshold 1 drop",
            ]
        } else {
            rules.append(admit)
        }
        return rules
    }
}
