public import ContainerRuntime

/// What the engine asks of the network: to connect sandboxes with it, and to publish their ports on this machine.
public protocol NetworkPlumber: PodNetwork {
    /// Connects a sandbox's network namespace.
    /// - Parameters:
    ///   - namespace: a descriptor that stays open during the call only.
    ///   - subnet: CIDR; `address` is inside it, or nil for the next free one.
    /// - Returns: the address given, dotted IPv4.
    func attach(sandbox: String, namespace: Int32, subnet: String, address: String?) async throws(RuntimeError)
        -> String
    /// Takes the connection and the address back. Idempotent.
    func detach(sandbox: String) async
    /// Listens on this machine and in the harbour, and splices to `address` inside.
    /// - Parameter owner: the container's id.
    /// - Returns: the ports with the host ports that were really given.
    func publish(_ ports: [PublishedPort], owner: String, address: String) async throws(RuntimeError)
        -> [PublishedPort]
    /// Idempotent.
    func unpublish(owner: String) async
}
