import Documents
import KubernetesAPI

/// What of a Pod matters for its place, read once.
struct SchedulablePod: Sendable {
    struct HostPort: Sendable, Hashable {
        var address: String
        var transport: String
        var port: Int

        /// Both cannot listen on one node.
        func conflicts(with other: HostPort) -> Bool {
            guard transport == other.transport, port == other.port else { return false }
            return address == other.address || address == "0.0.0.0" || other.address == "0.0.0.0"
        }
    }

    let object: KubernetesObject
    let labels: [String: String]
    let nodeName: String
    /// What it asks for, one of `pods` included.
    let requests: ResourceAmounts
    /// The same for scoring, where a Pod that asks for nothing still counts as something.
    let scoringRequests: ResourceAmounts
    let hostPorts: [HostPort]
    let tolerations: [Toleration]
    let controllerUID: String?

    var key: ObjectKey { object.key }
    var uid: String { object.uid }

    /// What kube-scheduler assumes of a container without requests.
    private static let assumedCPU: Int64 = 100
    private static let assumedMemory: Int64 = 200 << 20

    init(_ object: KubernetesObject) {
        let pod = PodView(object)
        self.object = object
        labels = object.labels
        nodeName = pod.nodeName
        tolerations = pod.tolerations.map(Toleration.init)
        controllerUID = object.controller?.uid
        requests = Self.requests(of: pod) { ResourceAmounts(document: $0.at("resources", "requests")) }
        scoringRequests = Self.requests(of: pod) { container in
            var amounts = ResourceAmounts(document: container.at("resources", "requests"))
            if amounts[ResourceAmounts.cpu] == 0 { amounts[ResourceAmounts.cpu] = Self.assumedCPU }
            if amounts[ResourceAmounts.memory] == 0 { amounts[ResourceAmounts.memory] = Self.assumedMemory }
            return amounts
        }
        hostPorts = pod.containers.flatMap { container in
            (container["ports"]?.array ?? []).compactMap { port -> HostPort? in
                guard let number = port["hostPort"]?.int, number > 0 else { return nil }
                let address = port["hostIP"]?.string ?? ""
                return HostPort(
                    address: address.isEmpty ? "0.0.0.0" : address, transport: port["protocol"]?.string ?? "TCP",
                    port: number)
            }
        }
    }

    /// Containers run at the same time, so their requests add up; init containers run one after the other, beside the
    /// sidecars that were started before them (KEP-753).
    private static func requests(of pod: PodView, _ read: (JSONValue) -> ResourceAmounts) -> ResourceAmounts {
        var sidecars = ResourceAmounts()
        var peak = ResourceAmounts()
        for container in pod.initContainers {
            var during = read(container)
            if container["restartPolicy"]?.string == "Always" {
                sidecars += during
                during = sidecars
            } else {
                during += sidecars
            }
            peak.formMaximum(during)
        }
        var total = sidecars
        for container in pod.containers { total += read(container) }
        total.formMaximum(peak)
        total += ResourceAmounts(document: pod.object.spec["overhead"])
        total[ResourceAmounts.pods] = 1
        return total
    }
}
