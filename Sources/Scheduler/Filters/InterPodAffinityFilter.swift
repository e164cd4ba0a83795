import Documents
import KubernetesAPI

/// The required parts of `podAffinity` and `podAntiAffinity`, the latter also of the Pods that are there already.
enum InterPodAffinityFilter: FilterPlugin {
    static let name = "InterPodAffinity"
    static let helpedBy: Set<ClusterChange> = [.node, .podFreed, .podPlaced]

    private static let required = "requiredDuringSchedulingIgnoredDuringExecution"

    static func reasons(against node: SchedulableNode, for pod: SchedulablePod, in cluster: ClusterSnapshot) -> [String]
    {
        for term in terms("podAffinity", of: pod) {
            let isNear = inDomain(of: node, term, cluster).contains { matches(term, of: pod, $0) }
            if isNear { continue }
            // The first of a group that wants to be together may start anywhere.
            let isFirst =
                matches(term, of: pod, pod)
                && !cluster.nodes.contains { $0.pods.values.contains { matches(term, of: pod, $0) } }
            let hasDomain = node.labels[term["topologyKey"]?.string ?? ""] != nil
            if !(isFirst && hasDomain) { return ["node(s) didn't match pod affinity rules"] }
        }
        for term in terms("podAntiAffinity", of: pod)
        where inDomain(of: node, term, cluster).contains(where: { matches(term, of: pod, $0) }) {
            return ["node(s) didn't match pod anti-affinity rules"]
        }
        for other in cluster.nodes {
            for placed in other.pods.values {
                for term in terms("podAntiAffinity", of: placed) where matches(term, of: placed, pod) {
                    let key = term["topologyKey"]?.string ?? ""
                    if let domain = other.labels[key], node.labels[key] == domain {
                        return ["node(s) didn't satisfy existing pods anti-affinity rules"]
                    }
                }
            }
        }
        return []
    }

    private static func terms(_ kind: String, of pod: SchedulablePod) -> [JSONValue] {
        pod.object.document.at("spec", "affinity", kind, required)?.array ?? []
    }

    /// The Pods on all nodes that share the node's value of the term's topology key.
    private static func inDomain(of node: SchedulableNode, _ term: JSONValue, _ cluster: ClusterSnapshot)
        -> [SchedulablePod]
    {
        let key = term["topologyKey"]?.string ?? ""
        guard let domain = node.labels[key] else { return [] }
        return cluster.nodes.filter { $0.labels[key] == domain }.flatMap { $0.pods.values }
    }

    private static func matches(_ term: JSONValue, of owner: SchedulablePod, _ candidate: SchedulablePod) -> Bool {
        let named = term["namespaces"]?.array?.compactMap(\.string) ?? []
        let namespaces = named.isEmpty ? [owner.object.namespace] : named
        // No selector selects nothing, an empty one everything.
        guard namespaces.contains(candidate.object.namespace), let selector = term["labelSelector"] else {
            return false
        }
        return LabelSelector(document: selector).matches(candidate.labels)
    }
}
