import Documents
import KubernetesAPI

/// What a kubelet says about its node.
struct NodeDocument {
    let identity: NodeIdentity
    let machine: MachineFacts
    /// Nodes that share the machine, this one included.
    let sharedBy: Int

    static let kubeletVersion = "v1.34.0"
    static let runtimeVersion = "kijabi://0.1.0"

    /// The Node as it is registered.
    func make(now: Timestamp) -> KubernetesObject {
        var node = KubernetesObject(.nodes, name: identity.name)
        node.labels = labels
        node.annotations = annotations
        node.spec = ["podCIDR": .string(identity.podSubnet), "podCIDRs": [.string(identity.podSubnet)]]
        node.status = status(of: node, now: now)
        return node
    }

    var labels: [String: String] {
        [
            "kubernetes.io/hostname": identity.name, "kubernetes.io/os": "linux",
            "kubernetes.io/arch": machine.architecture, "beta.kubernetes.io/os": "linux",
            "beta.kubernetes.io/arch": machine.architecture,
        ]
    }

    private var annotations: [String: String] {
        guard sharedBy > 1 else { return [:] }
        return [
            "kijabi.dev/capacity":
                "This node is a part of kijabi, not a machine: \(sharedBy) nodes share one machine, and each reports "
                + "all of its processors and memory."
        ]
    }

    /// The status of a node that is well, with the transition times of `present` where nothing changes.
    func status(of present: KubernetesObject, now: Timestamp) -> JSONValue {
        var node = present
        let capacity: JSONValue = [
            "cpu": .string(String(machine.processors)), "memory": .string("\(machine.memory)Ki"),
            "pods": "110",
        ]
        node.status["capacity"] = capacity
        node.status["allocatable"] = capacity
        node.status["addresses"] = [
            ["type": "InternalIP", "address": .string(identity.internalIP)],
            ["type": "Hostname", "address": .string(identity.name)],
        ]
        node.status["nodeInfo"] = [
            "machineID": .string(machine.machineID), "systemUUID": .string(machine.machineID),
            "bootID": .string(machine.bootID), "kernelVersion": .string(machine.kernelRelease),
            "osImage": .string(machine.operatingSystem), "containerRuntimeVersion": .string(Self.runtimeVersion),
            "kubeletVersion": .string(Self.kubeletVersion), "kubeProxyVersion": "",
            "operatingSystem": "linux", "architecture": .string(machine.architecture),
        ]
        let conditions = [
            Condition(
                "MemoryPressure", .no, reason: "KubeletHasSufficientMemory",
                message: "kubelet has sufficient memory available"),
            Condition(
                "DiskPressure", .no, reason: "KubeletHasNoDiskPressure", message: "kubelet has no disk pressure"),
            Condition(
                "PIDPressure", .no, reason: "KubeletHasSufficientPID",
                message: "kubelet has sufficient PID available"),
            Condition("Ready", .yes, reason: "KubeletReady", message: "kubelet is posting ready status"),
        ]
        for condition in conditions { node.setCondition(condition, now: now) }
        let heartbeat = (node.status["conditions"]?.array ?? []).map { condition in
            var condition = condition
            if conditions.contains(where: { $0.type == condition["type"]?.string }) {
                condition["lastHeartbeatTime"] = .string(now.text)
            }
            return condition
        }
        node.status["conditions"] = .array(heartbeat)
        return node.status
    }
}
