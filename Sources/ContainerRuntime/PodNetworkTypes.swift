/// One port of a service address and the endpoints behind it, as the packet filter sees it (kube-proxy's unit of work).
public struct VirtualService: Sendable, Hashable {
    public enum TransportProtocol: String, Sendable, Hashable { case tcp = "TCP", udp = "UDP" }

    public struct Endpoint: Sendable, Hashable {
        public var address: String
        public var port: UInt16
        public init(address: String, port: UInt16) {
            self.address = address
            self.port = port
        }
    }

    /// For comments and counters: `namespace/service:port`.
    public var name: String
    /// The cluster address, dotted IPv4; nil for a node port only.
    public var address: String?
    public var port: UInt16
    public var transport: TransportProtocol
    /// A port on every node, if the service has one.
    public var nodePort: UInt16?
    /// Ready endpoints; none means connections are refused at once.
    public var endpoints: [Endpoint]
    /// Seconds that one client keeps its endpoint (`sessionAffinity: ClientIP`), or nil.
    public var clientAffinity: Int?

    public init(
        name: String, address: String?, port: UInt16, transport: TransportProtocol = .tcp, nodePort: UInt16? = nil,
        endpoints: [Endpoint], clientAffinity: Int? = nil
    ) {
        self.name = name
        self.address = address
        self.port = port
        self.transport = transport
        self.nodePort = nodePort
        self.endpoints = endpoints
        self.clientAffinity = clientAffinity
    }
}
