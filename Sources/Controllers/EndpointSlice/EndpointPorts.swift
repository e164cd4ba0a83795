import Documents
import KubernetesAPI

/// The ports of an EndpointSlice: a Service's ports as one Pod offers them. Pods whose named ports differ need slices of
/// their own.
struct EndpointPorts: Sendable, Hashable {
    struct Port: Sendable, Hashable {
        var name: String
        var transport: String
        var number: Int
        var applicationProtocol: String?
    }

    var ports: [Port]

    init(_ ports: [Port]) {
        self.ports = ports
    }

    /// Resolves the `targetPort`s of `service` on `pod`; a name that the Pod does not know is left out.
    init(of service: KubernetesObject, on pod: KubernetesObject) {
        ports = (service.spec["ports"]?.array ?? []).compactMap { port in
            let transport = port["protocol"]?.string ?? "TCP"
            guard let number = Self.number(of: port, transport: transport, on: pod) else { return nil }
            return Port(
                name: port["name"]?.string ?? "", transport: transport, number: number,
                applicationProtocol: port["appProtocol"]?.string)
        }
    }

    /// The ports of a slice that exists.
    init(slice: KubernetesObject) {
        ports = (slice.document["ports"]?.array ?? []).map { port in
            Port(
                name: port["name"]?.string ?? "", transport: port["protocol"]?.string ?? "TCP",
                number: port["port"]?.int ?? 0, applicationProtocol: port["appProtocol"]?.string)
        }
    }

    var document: JSONValue {
        .array(
            ports.map { port in
                var document: JSONValue = [
                    "name": .string(port.name), "protocol": .string(port.transport), "port": .integer(port.number),
                ]
                if let application = port.applicationProtocol { document["appProtocol"] = .string(application) }
                return document
            })
    }

    private static func number(of port: JSONValue, transport: String, on pod: KubernetesObject) -> Int? {
        switch port["targetPort"] {
        case .number(let number): return number.int64.map { Int($0) }
        case .string(let name):
            // Init containers that keep running (sidecars) may serve too.
            let view = PodView(pod)
            let sidecars = view.initContainers.filter { $0["restartPolicy"]?.string == "Always" }
            for container in view.containers + sidecars {
                for offered in container["ports"]?.array ?? []
                where offered["name"]?.string == name && (offered["protocol"]?.string ?? "TCP") == transport {
                    return offered["containerPort"]?.int
                }
            }
            return nil
        default: return port["port"]?.int
        }
    }
}
