/// Who a node is, as its Pods need to know it.
struct NodeIdentity: Sendable, Hashable {
    let name: String
    /// CIDR of its Pods' addresses, e.g. `10.244.1.0/24`.
    let podSubnet: String
    let internalIP: String
    let clusterDNS: String
}
