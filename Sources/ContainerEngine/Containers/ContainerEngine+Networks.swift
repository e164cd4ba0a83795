public import ContainerRuntime
import LinuxKernel

extension ContainerEngine: NetworkService {
    public func createNetwork(_ wanted: NetworkConfiguration) async throws(RuntimeError) -> NetworkStatus {
        let network = try networkRegistry.add(
            wanted, id: networkGenerator.identifier(), now: configuration.now())
        guard let plan = network.plan else { return network.status }
        do {
            try await plumber.addNetwork(plan)
        } catch {
            networkRegistry.remove(plan.id)
            throw error
        }
        announce("create", plan)
        return network.status
    }

    public func networks() async -> [NetworkStatus] {
        networkRegistry.all.map(withEndpoints)
    }

    public func networkStatus(_ idOrName: String) async throws(RuntimeError) -> NetworkStatus {
        withEndpoints(try networkRegistry.find(idOrName))
    }

    public func removeNetwork(_ idOrName: String) async throws(RuntimeError) {
        let network = withEndpoints(try networkRegistry.find(idOrName))
        if network.isPredefined { throw .network(.predefined(network.name)) }
        guard network.endpoints.isEmpty else {
            throw .network(.inUse(network: network.name, endpoints: network.endpoints))
        }
        guard let plan = networkRegistry.byID[network.id]?.plan else { return }
        networkRegistry.remove(network.id)
        await plumber.removeNetwork(plan)
        announce("destroy", plan)
    }

    /// Tells of a network, and of the container that came or went.
    private func announce(_ action: String, _ plan: NetworkPlan, container: String? = nil) {
        var attributes = ["name": plan.name, "type": NetworkDriver.bridge.rawValue]
        attributes["container"] = container
        announce(.network, action, plan.id, attributes)
    }

    /// Takes note that a sandbox has left all of its networks.
    func leavePlaces(of sandbox: SandboxRecord) {
        guard !sandbox.places.isEmpty else { return }
        for index in sandbox.places.indices {
            guard let endpoint = sandbox.places[index].endpoint else { continue }
            sandbox.places[index].endpoint = nil
            announce("disconnect", sandbox.places[index].plan, container: endpoint.containerID)
        }
        showNetworks(of: sandbox)
    }

    private func withEndpoints(_ network: NetworkRegistry.Network) -> NetworkStatus {
        var status = network.status
        status.endpoints = sandboxesByID.values.flatMap(\.places).compactMap { place in
            place.plan.id == status.id ? place.endpoint : nil
        }.sorted { $0.containerName < $1.containerName }
        return status
    }

    public func networkEndpoints(of container: String) async throws(RuntimeError) -> [NetworkEndpoint] {
        let record = try record(container)
        return sandboxesByID[record.status.sandboxID].map { endpoints(of: $0, record) } ?? []
    }

    /// - Returns: of a place without an interface, what is known without.
    func endpoints(of sandbox: SandboxRecord, _ record: ContainerRecord) -> [NetworkEndpoint] {
        sandbox.places.map { place in
            if let endpoint = place.endpoint { return endpoint }
            var endpoint = NetworkEndpoint(
                networkID: place.plan.id, networkName: networkName(place.plan), containerID: record.id,
                containerName: record.status.name)
            endpoint.aliases = place.wanted.aliases
            endpoint.names = names(of: place, record, sandbox)
            return endpoint
        }
    }

    private func networkName(_ plan: NetworkPlan) -> String { networkRegistry.byID[plan.id]?.status.name ?? "" }

    // MARK: Places

    /// host and none are no networks with places.
    func predefined(_ idOrName: String) throws(RuntimeError) -> SandboxConfiguration.Network? {
        switch try networkRegistry.find(idOrName).status.driver {
        case .host: .host
        case .none: SandboxConfiguration.Network.none
        case .bridge: nil
        }
    }

    /// What a container's wish for networks comes to.
    /// - Throws: `.network` where docker would refuse it.
    func places(for wanted: [NetworkAttachment]) throws(RuntimeError) -> [NetworkPlace] {
        var places: [NetworkPlace] = []
        for attachment in wanted {
            let network = try networkRegistry.find(attachment.network)
            guard network.plan != nil else { throw .network(.exclusive(mode: network.status.name)) }
            let place = try self.place(for: attachment, in: network)
            if places.contains(where: { $0.plan.id == place.plan.id }) {
                throw .network(.alreadyConnected(container: "", network: network.status.name))
            }
            places.append(place)
        }
        return places
    }

    private func place(
        for wanted: NetworkAttachment, in network: NetworkRegistry.Network
    ) throws(RuntimeError) -> NetworkPlace {
        guard let plan = network.plan else { throw .network(.exclusive(mode: network.status.name)) }
        if !plan.resolvesNames {
            if !wanted.aliases.isEmpty { throw .network(.aliasNeedsUserNetwork) }
            if wanted.address != nil { throw .network(.addressNeedsUserNetwork) }
        }
        if let address = wanted.address {
            if !network.hasChosenSubnet { throw .network(.addressNeedsChosenSubnet(address)) }
            guard let wished = IPv4Address(address), plan.subnet.contains(wished) else {
                throw .network(.outsideSubnet(address: address, subnet: plan.subnet.description))
            }
        }
        if let hardware = wanted.hardwareAddress, HarbourNetwork.octets(hardware) == nil {
            throw .invalid(field: "mac-address", reason: "\(hardware) is not a valid mac address")
        }
        return NetworkPlace(wanted: wanted, plan: plan)
    }

    /// Connects a sandbox whose namespaces have been made with all of its networks.
    func connectPlaces(of sandbox: SandboxRecord) async throws(RuntimeError) {
        guard let record = sandbox.owner.flatMap({ containersByID[$0] }) else { return }
        for index in sandbox.places.indices {
            let place = sandbox.places[index]
            guard networkRegistry.byID[place.plan.id] != nil else { throw .network(.notFound(place.wanted.network)) }
            let endpoint = try await connect(place, sandbox, record)
            // Somebody may have taken it out of a network meanwhile.
            guard let now = sandbox.places.firstIndex(where: { $0.plan.id == place.plan.id }) else { continue }
            sandbox.places[now].endpoint = endpoint
        }
        sandbox.status.address = sandbox.places.lazy.compactMap(\.endpoint?.address).first
        showNetworks(of: sandbox)
    }

    /// Has the container's status tell its networks.
    func showNetworks(of sandbox: SandboxRecord) {
        guard let record = sandbox.owner.flatMap({ containersByID[$0] }) else { return }
        record.status.networks = endpoints(of: sandbox, record)
    }

    private func connect(
        _ place: NetworkPlace, _ sandbox: SandboxRecord, _ record: ContainerRecord
    ) async throws(RuntimeError) -> NetworkEndpoint {
        guard let namespace = sandbox.network else { throw .noSuchSandbox(sandbox.status.id) }
        let names = names(of: place, record, sandbox)
        let connection = try await plumber.connect(
            sandbox: sandbox.status.id, namespace: namespace.number, to: place.plan, place.wanted, names: names)
        var endpoint = NetworkEndpoint(
            networkID: place.plan.id, networkName: networkName(place.plan), containerID: record.id,
            containerName: record.status.name)
        endpoint.id = networkGenerator.identifier()
        endpoint.aliases = place.wanted.aliases
        endpoint.names = names
        endpoint.address = connection.address
        endpoint.prefixLength = connection.prefixLength
        endpoint.gateway = connection.gateway
        endpoint.hardwareAddress = connection.hardwareAddress
        endpoint.interface = connection.interface
        endpoint.hostInterface = connection.hostInterface
        announce("connect", place.plan, container: record.id)
        return endpoint
    }

    /// As docker has them: the container's name, what was asked for, the short id, and a host name of its own.
    private func names(of place: NetworkPlace, _ record: ContainerRecord, _ sandbox: SandboxRecord) -> [String] {
        guard place.plan.resolvesNames else { return [] }
        var names: [String] = []
        let own = [String(record.id.prefix(12)), sandbox.configuration.hostname]
        for name in [record.status.name] + place.wanted.aliases + own where !name.isEmpty && !names.contains(name) {
            names.append(name)
        }
        return names
    }

    /// To be called when a container has another name.
    func renameEndpoints(of record: ContainerRecord) async {
        guard let sandbox = sandboxesByID[record.status.sandboxID], sandbox.owner == record.id else { return }
        for index in sandbox.places.indices where sandbox.places[index].endpoint != nil {
            let place = sandbox.places[index]
            let names = names(of: place, record, sandbox)
            sandbox.places[index].endpoint?.containerName = record.status.name
            sandbox.places[index].endpoint?.names = names
            await plumber.setNames(names, sandbox: sandbox.status.id, in: place.plan)
        }
        showNetworks(of: sandbox)
    }

    // MARK: Live changes

    public func connectNetwork(_ attachment: NetworkAttachment, container: String) async throws(RuntimeError) {
        let record = try record(container)
        let network = try networkRegistry.find(attachment.network)
        let sandbox = try changeable(record, network)
        let place = try self.place(for: attachment, in: network)
        if sandbox.places.contains(where: { $0.plan.id == place.plan.id }) {
            throw .network(.alreadyConnected(container: record.status.name, network: network.status.name))
        }
        sandbox.places.append(place)
        guard sandbox.status.isReady else { return showNetworks(of: sandbox) }
        do {
            let endpoint = try await connect(place, sandbox, record)
            guard let index = sandbox.places.firstIndex(where: { $0.plan.id == place.plan.id }) else { return }
            sandbox.places[index].endpoint = endpoint
        } catch {
            sandbox.places.removeAll { $0.plan.id == place.plan.id }
            throw error
        }
        addressesChanged(record, sandbox, come: sandbox.places.last?.endpoint?.address)
    }

    public func disconnectNetwork(_ network: String, container: String) async throws(RuntimeError) {
        let record = try record(container)
        let network = try networkRegistry.find(network)
        let sandbox = try changeable(record, network)
        guard let index = sandbox.places.firstIndex(where: { $0.plan.id == network.status.id }) else {
            throw .network(.notConnected(container: record.id, network: network.status.name))
        }
        let place = sandbox.places.remove(at: index)
        guard let namespace = sandbox.network, place.endpoint != nil else { return showNetworks(of: sandbox) }
        try await plumber.disconnect(
            sandbox: sandbox.status.id, namespace: namespace.number, from: place.plan)
        announce("disconnect", place.plan, container: record.id)
        addressesChanged(record, sandbox, gone: place.endpoint?.address)
    }

    private func addressesChanged(
        _ record: ContainerRecord, _ sandbox: SandboxRecord, gone: String? = nil, come: String? = nil
    ) {
        sandbox.status.address = sandbox.places.lazy.compactMap(\.endpoint?.address).first
        if record.status.state.isAlive {
            if record.status.address != sandbox.status.address, !record.status.publishedPorts.isEmpty {
                let (plumber, id, address) = (plumber, record.id, sandbox.status.address)
                Task { await plumber.redirect(owner: id, to: address) }
            }
            record.status.address = sandbox.status.address
        }
        showNetworks(of: sandbox)
        rewriteFiles(of: sandbox, gone: gone, come: come)
    }

    /// The sandbox of a container whose networks may change.
    private func changeable(
        _ record: ContainerRecord, _ network: NetworkRegistry.Network
    ) throws(RuntimeError) -> SandboxRecord {
        if network.status.driver == .host { throw .network(.exclusive(mode: "host")) }
        guard let sandbox = sandboxesByID[record.status.sandboxID], sandbox.isPrivate, sandbox.owner == record.id else {
            throw .network(.exclusive(mode: "container"))
        }
        switch sandbox.configuration.network {
        case .networks: return sandbox
        case .host: throw .network(.exclusive(mode: "host"))
        case .none: throw .network(.exclusive(mode: "none"))
        case .pod, .sandbox: throw .network(.exclusive(mode: "container"))
        }
    }
}
