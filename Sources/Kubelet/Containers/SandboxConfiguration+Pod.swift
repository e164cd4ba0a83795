import ContainerRuntime
import Documents
import KubernetesAPI

/// The labels by which everybody finds the Pod of a sandbox or container (the kubelet's own, and the node).
enum RuntimeLabel {
    static let podName = "io.kubernetes.pod.name"
    static let podNamespace = "io.kubernetes.pod.namespace"
    static let podUID = "io.kubernetes.pod.uid"
    static let containerName = "io.kubernetes.container.name"
    /// How many runs came before, so that a kubelet that starts anew can go on counting.
    static let restartCount = "io.kubernetes.container.restartCount"
    static let node = "kijabi.node"

    static func of(pod: KubernetesObject, node: String) -> [String: String] {
        [podName: pod.name, podNamespace: pod.namespace, podUID: pod.uid, Self.node: node]
    }
}

extension SandboxConfiguration {
    init(pod: PodSpecification, node: NodeIdentity) {
        let object = pod.object
        let network: Network = pod.usesHostNetwork ? .host : .pod(subnet: node.podSubnet)
        let hostname = pod.usesHostNetwork ? node.name : pod.spec["hostname"]?.string ?? object.name
        self.init(
            name: "\(object.namespace)/\(object.name)", hostname: String(hostname.prefix(63)), network: network,
            dns: DNSConfiguration(pod: pod, clusterDNS: node.clusterDNS),
            hosts: (pod.spec["hostAliases"]?.array ?? []).compactMap { alias in
                alias["ip"]?.string.map { ($0, alias["hostnames"]?.array?.compactMap(\.string) ?? []) }
            },
            sharesProcessNamespace: pod.spec["shareProcessNamespace"]?.bool ?? false,
            labels: object.labels.merging(RuntimeLabel.of(pod: object, node: node.name)) { $1 })
    }
}

extension DNSConfiguration {
    /// `spec.dnsPolicy` and `spec.dnsConfig`. The policy `Default` would be the resolver of the node; here the cluster's
    /// resolver asks that one, so only the search list differs.
    init(pod: PodSpecification, clusterDNS: String) {
        let policy = pod.spec["dnsPolicy"]?.string ?? "ClusterFirst"
        let isClusterFirst =
            policy == "ClusterFirstWithHostNet" || (policy == "ClusterFirst" && !pod.usesHostNetwork)
        self.init(nameservers: policy == "None" ? [] : [clusterDNS])
        if isClusterFirst {
            searches = ["\(pod.object.namespace).svc.cluster.local", "svc.cluster.local", "cluster.local"]
            options = ["ndots:5"]
        }
        guard let extra = pod.spec["dnsConfig"] else { return }
        nameservers += extra["nameservers"]?.array?.compactMap(\.string) ?? []
        searches += extra["searches"]?.array?.compactMap(\.string) ?? []
        for option in extra["options"]?.array ?? [] {
            guard let name = option["name"]?.string else { continue }
            options.removeAll { $0 == name || $0.hasPrefix(name + ":") }
            options.append(option["value"]?.string.map { "\(name):\($0)" } ?? name)
        }
    }
}
