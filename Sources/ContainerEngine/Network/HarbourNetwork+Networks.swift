public import ContainerRuntime
import LinuxKernel

/// The networks that people make.
extension HarbourNetwork {
    public func addNetwork(_ plan: NetworkPlan) async throws(RuntimeError) {
        allocators[plan.subnet] = AddressAllocator(subnet: plan.subnet, gateway: plan.gateway, range: plan.range)
    }

    public func removeNetwork(_ plan: NetworkPlan) async {
        allocators[plan.subnet] = nil
        removeOwn(plan.gateway)
    }

    public func connect(
        sandbox: String, namespace: Int32, to plan: NetworkPlan, _ wanted: NetworkAttachment, names: [String]
    ) async throws(RuntimeError) -> NetworkConnection {
        let address = try take(wanted.address, of: plan)
        let others = interfaces[sandbox] ?? []
        let interface = Interface(
            plan: plan, address: address, subnet: plan.subnet, gateway: plan.gateway, index: freshIndex(),
            innerIndex: Self.freeNumber(others), isDefault: !plan.isInternal && !others.contains(where: \.isDefault),
            hardwareAddress: wanted.hardwareAddress.flatMap(Self.octets) ?? Self.hardwareAddress(address))
        try await attach(interface, sandbox: sandbox, namespace: namespace)
        return NetworkConnection(
            address: address.description, prefixLength: plan.subnet.prefixLength, gateway: plan.gateway.description,
            hardwareAddress: Self.text(interface.hardwareAddress), interface: interface.name,
            hostInterface: interface.hostName)
    }

    public func disconnect(sandbox: String, namespace: Int32, from plan: NetworkPlan) async throws(RuntimeError) {
        guard let place = interfaces[sandbox]?.firstIndex(where: { $0.plan?.id == plan.id }),
            let interface = interfaces[sandbox]?.remove(at: place)
        else { return }
        var heir: Interface?
        if interface.isDefault,
            let next = interfaces[sandbox]?.firstIndex(where: { $0.plan?.isInternal == false })
        {
            interfaces[sandbox]?[next].isDefault = true
            heir = interfaces[sandbox]?[next]
        }
        try await unlink(interface, heir: heir, namespace)
    }

    public func setNames(_ names: [String], sandbox: String, in plan: NetworkPlan) async {}

    private func take(_ wanted: String?, of plan: NetworkPlan) throws(RuntimeError) -> IPv4Address {
        var allocator =
            allocators[plan.subnet]
            ?? AddressAllocator(subnet: plan.subnet, gateway: plan.gateway, range: plan.range)
        defer { allocators[plan.subnet] = allocator }
        guard let wanted else {
            if let address = allocator.allocate() { return address }
            throw .network(.exhausted)
        }
        guard let address = IPv4Address(wanted), plan.subnet.contains(address) else {
            throw .network(.outsideSubnet(address: wanted, subnet: plan.subnet.description))
        }
        guard allocator.reserve(address) else { throw .network(.addressTaken(wanted)) }
        return address
    }

    /// The lowest number of an interface that none of the others has; the loopback is 1.
    private static func freeNumber(_ others: [Interface]) -> Int32 {
        var number: Int32 = 2
        while others.contains(where: { $0.innerIndex == number }) { number += 1 }
        return number
    }

    static func text(_ hardwareAddress: [UInt8]) -> String {
        hardwareAddress.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined(separator: ":")
    }

    /// Six pairs of hexadecimal digits; nil for what is none, or names a group of machines.
    static func octets(_ text: String) -> [UInt8]? {
        let octets = text.split(separator: ":", omittingEmptySubsequences: false).map { pair in
            pair.utf8.count == 2 && pair.allSatisfy(\.isHexDigit) ? UInt8(pair, radix: 16) : nil
        }
        guard octets.count == 6, !octets.contains(nil), let first = octets[0], first & 1 == 0 else { return nil }
        return octets.compactMap(\.self)
    }
}
