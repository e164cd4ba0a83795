/// A port of a container that this machine answers on.
public struct PublishedPort: Sendable, Hashable {
    /// Address to listen on, `0.0.0.0` by default.
    public var hostAddress: String
    /// 0 picks a free port.
    public var hostPort: UInt16
    public var containerPort: UInt16
    public var transport: VirtualService.TransportProtocol

    public init(
        hostAddress: String = "0.0.0.0", hostPort: UInt16, containerPort: UInt16,
        transport: VirtualService.TransportProtocol = .tcp
    ) {
        self.hostAddress = hostAddress
        self.hostPort = hostPort
        self.containerPort = containerPort
        self.transport = transport
    }
}
