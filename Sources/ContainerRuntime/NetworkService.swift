/// The networks that containers are in: `docker network`. They live as long as the engine does.
///
/// `bridge`, `host` and `none` are always there. In `bridge` containers reach each other by address only; in networks that
/// people make, by name too: their own, their aliases, and the first 12 digits of their id. What is in one network is
/// out of reach from another.
public protocol NetworkService: Sendable {
    /// - Throws: `.network`.
    func createNetwork(_ configuration: NetworkConfiguration) async throws(RuntimeError) -> NetworkStatus
    /// All networks, by name.
    func networks() async -> [NetworkStatus]
    /// The network that `idOrName` names: a name, an id, or a unique prefix of one.
    /// - Throws: `.network(.notFound)`.
    func networkStatus(_ idOrName: String) async throws(RuntimeError) -> NetworkStatus
    /// - Throws: `.network` with `.predefined` or `.inUse`: while a running container is in it.
    func removeNetwork(_ idOrName: String) async throws(RuntimeError)
    /// Puts a container into a further network: a running one at once, with a further interface; any other when it starts.
    func connectNetwork(_ attachment: NetworkAttachment, container: String) async throws(RuntimeError)
    /// Takes a container out of a network: from a running one an interface goes away, with the connections over it.
    func disconnectNetwork(_ network: String, container: String) async throws(RuntimeError)
    /// The container's places in networks, in the order of its interfaces.
    func networkEndpoints(of container: String) async throws(RuntimeError) -> [NetworkEndpoint]
}
