import ContainerRuntime
import Documents
import KubernetesAPI

/// The limits and requests of a Pod's containers, for the runtime and for `resourceFieldRef`.
struct ContainerResources: Sendable {
    let pod: PodSpecification
    let machine: MachineFacts

    private func quantity(_ container: ContainerSpecification, _ kind: String, _ resource: String) -> Quantity? {
        container.document.at("resources", kind, resource).flatMap(Quantity.init(document:))
    }

    /// What the kernel is asked to hold.
    func limits(of container: ContainerSpecification) -> Resources {
        let cpu = quantity(container, "limits", "cpu")
        let requested = quantity(container, "requests", "cpu") ?? cpu
        return Resources(
            memory: quantity(container, "limits", "memory").map { Int($0.value) },
            cpus: cpu.map { Double($0.milliValue) / 1000 },
            // 1024 shares a processor, two at least (the kubelet's MilliCPUToShares).
            cpuShares: requested.map { max(2, Int($0.milliValue) * 1024 / 1000) })
    }

    /// `limits.cpu`, `requests.memory`, … in units of the divisor, rounded up; a limit that is not set is what the node
    /// has. Nil for what is not offered.
    func field(container name: String?, _ path: String, divisor: String?) -> String? {
        let parts = path.split(separator: ".").map(String.init)
        guard parts.count == 2, parts[0] == "limits" || parts[0] == "requests",
            let container = name.flatMap(pod.container)
        else { return nil }
        let set = quantity(container, parts[0], parts[1])
        let unit = divisor.flatMap { Quantity($0) }
        switch parts[1] {
        case "cpu":
            let machineWide = Int64(parts[0] == "limits" ? machine.processors * 1000 : 0)
            let divisor = max(1, unit.map { $0.isZero ? 1000 : $0.milliValue } ?? 1000)
            return String(((set?.milliValue ?? machineWide) + divisor - 1) / divisor)
        case "memory":
            let machineWide = Int64(parts[0] == "limits" ? machine.memory * 1024 : 0)
            let divisor = max(1, unit.map { $0.isZero ? 1 : $0.value } ?? 1)
            return String(((set?.value ?? machineWide) + divisor - 1) / divisor)
        default: return nil
        }
    }
}
