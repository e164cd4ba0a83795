import Documents
import KubernetesAPI

/// `topologySpreadConstraints` with `DoNotSchedule`: no domain may get further ahead of the emptiest than `maxSkew`.
enum TopologySpreadFilter: FilterPlugin {
    static let name = "PodTopologySpread"
    static let helpedBy: Set<ClusterChange> = [.node, .podFreed, .podPlaced]

    static func reasons(against node: SchedulableNode, for pod: SchedulablePod, in cluster: ClusterSnapshot) -> [String]
    {
        for constraint in pod.object.spec["topologySpreadConstraints"]?.array ?? []
        where constraint["whenUnsatisfiable"]?.string != "ScheduleAnyway" {
            guard let key = constraint["topologyKey"]?.string else { continue }
            guard let domain = node.labels[key] else {
                return ["node(s) didn't match pod topology spread constraints (missing required label)"]
            }
            let selector = LabelSelector(document: constraint["labelSelector"] ?? [:])
            var counts: [String: Int] = [:]
            // Nodes where the Pod may not be anyway do not count as empty domains.
            for other in cluster.nodes where NodeAffinity.isMet(by: other, for: pod) {
                guard let value = other.labels[key] else { continue }
                counts[value, default: 0] += other.pods.values.count { placed in
                    placed.object.namespace == pod.object.namespace && !placed.object.isBeingDeleted
                        && selector.matches(placed.labels)
                }
            }
            let minimumDomains = constraint["minDomains"]?.int ?? 1
            let emptiest = counts.count < minimumDomains ? 0 : counts.values.min() ?? 0
            let own = selector.matches(pod.labels) ? 1 : 0
            if (counts[domain] ?? 0) + own - emptiest > (constraint["maxSkew"]?.int ?? 1) {
                return ["node(s) didn't match pod topology spread constraints"]
            }
        }
        return []
    }
}
