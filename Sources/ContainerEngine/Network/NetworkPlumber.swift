public import ContainerRuntime

/// What the engine asks of the network: to connect sandboxes with it, and to publish their ports on this machine.
public protocol NetworkPlumber: PodNetwork {
    /// Connects a Pod's network namespace.
    /// - Parameters:
    ///   - namespace: a descriptor that stays open during the call only.
    ///   - subnet: CIDR; `address` is inside it, or nil for the next free one.
    /// - Returns: the address given, dotted IPv4.
    func attach(sandbox: String, namespace: Int32, subnet: String, address: String?) async throws(RuntimeError)
        -> String
    /// Takes all connections and addresses of a sandbox back. Idempotent.
    func detach(sandbox: String) async

    /// Makes the network ready for `connect`.
    func addNetwork(_ plan: NetworkPlan) async throws(RuntimeError)
    /// Idempotent.
    func removeNetwork(_ plan: NetworkPlan) async
    /// Gives a sandbox's network namespace a further interface, in one of the networks that were added.
    /// - Parameters:
    ///   - namespace: a descriptor that stays open during the call only.
    ///   - names: by which the network's other containers find it.
    func connect(
        sandbox: String, namespace: Int32, to plan: NetworkPlan, _ wanted: NetworkAttachment, names: [String]
    ) async throws(RuntimeError) -> NetworkConnection
    /// Lets a sandbox that will be connected reach this machine's loopback at `HostGateway.text`.
    func admitToHost(sandbox: String) async
    /// Has the resolver of a sandbox that will be connected ask these servers about names outside, from inside of the
    /// sandbox, instead of whom this machine asks.
    func setNameServers(_ servers: [String], sandbox: String) async
    /// Takes that interface away. Idempotent.
    func disconnect(sandbox: String, namespace: Int32, from plan: NetworkPlan) async throws(RuntimeError)
    /// Replaces the names by which a sandbox is found in a network.
    func setNames(_ names: [String], sandbox: String, in plan: NetworkPlan) async

    /// Listens on this machine and in the harbour, and splices to `address` inside.
    /// - Parameter owner: the container's id.
    /// - Returns: the ports with the host ports that were really given.
    func publish(_ ports: [PublishedPort], owner: String, address: String) async throws(RuntimeError)
        -> [PublishedPort]
    /// Leads what comes to a container's published ports to another of its addresses; nil for none.
    func redirect(owner: String, to address: String?) async
    /// Idempotent.
    func unpublish(owner: String) async
}
