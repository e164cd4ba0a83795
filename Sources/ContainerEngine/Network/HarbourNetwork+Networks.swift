public import ContainerRuntime
import DNS
import LinuxKernel

/// The networks that people make.
extension HarbourNetwork {
    public func addNetwork(_ plan: NetworkPlan) async throws(RuntimeError) {
        try await ready()
        if let filterFailure { throw filterFailure }
        allocators[plan.subnet] = AddressAllocator(subnet: plan.subnet, gateway: plan.gateway, range: plan.range)
        try await filter.setNetworks { $0.networks[plan.number] = plan }
        try await learn(plan.subnet)
    }

    public func removeNetwork(_ plan: NetworkPlan) async {
        allocators[plan.subnet] = nil
        removeOwn(plan.gateway)
        if knownSubnets.remove(plan.subnet) != nil { try? route?.send([.deleteUnreachable(plan.subnet)]) }
        try? await filter.setNetworks { rules in
            rules.networks[plan.number] = nil
            rules.inside.remove(plan.subnet)
        }
    }

    /// Lets a sandbox that will be connected reach this machine's loopback at `HostGateway.address`.
    public func admitToHost(sandbox: String) async { hostGuests.insert(sandbox) }

    public func setNameServers(_ servers: [String], sandbox: String) async {
        nameServers[sandbox] = servers.compactMap { IPv4($0) }.map { SocketAddress($0, 53) }
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
        if hostGuests.contains(sandbox) { await proxy.admitToHost(address) }
        do {
            try await serveNames(sandbox, namespace, interface, names)
        } catch {
            try? await disconnect(sandbox: sandbox, namespace: namespace, from: plan)
            throw error
        }
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
        await resolver.leave(sandbox, network: plan.id, forwards: leadsOutside(sandbox))
        await proxy.forget(interface.address)
    }

    public func setNames(_ names: [String], sandbox: String, in plan: NetworkPlan) async {
        await resolver.rename(sandbox, network: plan.id, names: names)
    }

    private func leadsOutside(_ sandbox: String) -> Bool {
        interfaces[sandbox]?.contains { $0.plan?.isInternal == false } ?? false
    }

    private func serveNames(
        _ sandbox: String, _ namespace: Int32, _ interface: Interface, _ names: [String]
    ) async throws(RuntimeError) {
        guard let plan = interface.plan, plan.resolvesNames else { return }
        try await resolver.serve(
            sandbox, address: ContainerResolver.address, namespace: namespace, asking: nameServers[sandbox] ?? [])
        await resolver.enter(
            sandbox, network: plan.id, title: plan.name, names: names, address: IPv4(interface.address.value),
            forwards: leadsOutside(sandbox))
    }

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
