import LinuxKernel

/// A network with addresses, as the plumbing needs to know it.
public struct NetworkPlan: Sendable, Hashable {
    /// Of the network.
    public let id: String
    public let name: String
    /// 0 for the default bridge; part of the names of its interfaces in the harbour, by which the packet filter tells
    /// networks apart.
    public let number: Int
    let subnet: IPv4Subnet
    let gateway: IPv4Address
    /// Where free addresses are looked for.
    let range: IPv4Subnet
    public let isInternal: Bool
    /// Its containers find each other by name.
    public let resolvesNames: Bool

    /// The name of the harbour's end of an interface: `net0-105`, `int3-106`.
    func interface(_ index: Int32) -> String { "\(prefix)\(index)" }

    var prefix: String { "\(isInternal ? "int" : "net")\(number)-" }
}

/// What a sandbox got in a network.
public struct NetworkConnection: Sendable, Hashable {
    public let address: String
    public let prefixLength: Int
    public let gateway: String
    public let hardwareAddress: String
    public let interface: String
    public let hostInterface: String
}
