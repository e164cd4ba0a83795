import LinuxKernel

/// Hands out the addresses of one subnet: always the lowest free one, so that what is written about a fresh cluster
/// holds (`10.244.1.2`), but one that was just released only after others, so that a late packet, a cached name or a
/// learner's `wget` does not reach the wrong pod.
struct AddressAllocator {
    let subnet: IPv4Subnet
    /// The harbour's own address, the pods' next hop: the first after the network's, unless another is given.
    let gateway: IPv4Address
    /// Where free addresses are looked for.
    private let range: IPv4Subnet
    private var taken: Set<IPv4Address> = []
    /// Oldest release first.
    private var resting: [IPv4Address] = []
    private let restingLimit: Int

    init(subnet: IPv4Subnet, gateway: IPv4Address? = nil, range: IPv4Subnet? = nil) {
        self.subnet = subnet
        self.gateway = gateway ?? subnet[1]
        self.range = range ?? subnet
        restingLimit = min(64, self.range.count / 4)
    }

    /// - Returns: nil if all addresses are taken.
    mutating func allocate() -> IPv4Address? {
        for offset in 0..<range.count {
            let address = range[offset]
            if isHost(address), !taken.contains(address), !resting.contains(address) {
                taken.insert(address)
                return address
            }
        }
        guard let rested = resting.firstIndex(where: range.contains) else { return nil }
        let address = resting.remove(at: rested)
        taken.insert(address)
        return address
    }

    /// Not the network's own address, the gateway's or that of all.
    private func isHost(_ address: IPv4Address) -> Bool {
        address != subnet.base && address != gateway && address != subnet[subnet.count - 1]
    }

    /// Takes a certain address.
    /// - Returns: false if it is not one of the subnet's free host addresses.
    mutating func reserve(_ address: IPv4Address) -> Bool {
        guard subnet.contains(address), isHost(address), taken.insert(address).inserted else { return false }
        resting.removeAll { $0 == address }
        return true
    }

    mutating func release(_ address: IPv4Address) {
        guard taken.remove(address) != nil else { return }
        resting.append(address)
        if resting.count > restingLimit { resting.removeFirst() }
    }
}
