public import ControllerRuntime
public import Controllers
public import Kubelet

/// What a cluster is to be like.
public struct ClusterConfiguration: Sendable {
    /// 1 to 200; they are called `node-1`, `node-2`, …
    public var nodes: Int
    /// Names, uids, addresses and the scheduler's ties follow from it.
    public var seed: UInt64
    public var kubeletTiming: KubeletTiming
    public var controllerTiming: ControllerTiming
    public var clock: any ControllerClock
    /// How many of the latest writes can be asked about. Heartbeats are writes too: three nodes make three a second.
    public var historyLimit: Int
    /// Asks this machine's own resolvers about names that are not the cluster's.
    public var forwardsDNS: Bool

    public init(
        nodes: Int = 3, seed: UInt64 = 0, kubeletTiming: KubeletTiming = KubeletTiming(),
        controllerTiming: ControllerTiming = ControllerTiming(), clock: any ControllerClock = SystemClock(),
        historyLimit: Int = 50_000, forwardsDNS: Bool = true
    ) {
        self.nodes = nodes
        self.seed = seed
        self.kubeletTiming = kubeletTiming
        self.controllerTiming = controllerTiming
        self.clock = clock
        self.historyLimit = historyLimit
        self.forwardsDNS = forwardsDNS
    }

    /// The resolver that Pods are given.
    public static let dnsAddress = "10.96.0.10"
    /// What it knows: the cluster's domain, and the reverse names of service and Pod addresses.
    static let dnsDomains =
        ["cluster.local", "244.10.in-addr.arpa"] + (96...111).map { "\($0).10.in-addr.arpa" }

    var nodeNames: [String] { (1...max(1, min(nodes, 200))).map { "node-\($0)" } }

    /// The kubelet of node `number`, counted from 1: Pods in 10.244.`number`.0/24, itself at 10.89.0.(10 + `number`).
    func kubelet(_ number: Int, machine: MachineFacts) -> KubeletConfiguration {
        KubeletConfiguration(
            nodeName: "node-\(number)", podSubnet: "10.244.\(number).0/24", internalIP: "10.89.0.\(10 + number)",
            clusterDNS: Self.dnsAddress, nodesOnMachine: nodeNames.count, machine: machine, timing: kubeletTiming)
    }
}
