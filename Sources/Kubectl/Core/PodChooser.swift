import Documents
import KubernetesAPI
import Terminal

/// Finds the Pod that `web`, `deploy/web` or `svc/web` stands for.
struct PodChooser {
    let call: Call

    /// The Pod itself, or the best of those its owner selects.
    /// - Parameter announces: says which one was taken of several, as `logs` does
    func pod(_ item: ResourceArguments.Item, announces: Bool = false) async throws -> KubernetesObject {
        guard case .named(let resource, let name) = item else { throw Failure.message("expected a resource") }
        if resource == .pods {
            return try await call.client.get(.pods, namespace: call.namespace, name: name)
        }
        let pods = try await pods(item)
        if announces, pods.count > 1 {
            call.complain("Found \(pods.count) pods, using pod/\(pods[0].name)")
        }
        return pods[0]
    }

    /// All the Pods an owner selects, best first: running and ready, then the older ones.
    func pods(_ item: ResourceArguments.Item) async throws -> [KubernetesObject] {
        guard case .named(let resource, let name) = item else { throw Failure.message("expected a resource") }
        let owner = try await call.client.get(resource, namespace: call.namespace(for: resource), name: name)
        guard let selector = Self.selector(of: owner) else {
            throw Failure.message("cannot attach to or read logs of \(resource.singular)s: they have no pods")
        }
        let options = ListOptions(labelSelector: selector)
        let list = try await call.client.list(.pods, namespace: owner.namespace, options)
        guard !list.items.isEmpty else {
            throw Failure.message(
                "timed out waiting for the condition",
                hint: Localized(
                    ko: "\(resource.singular)/\(name) 에 아직 파드가 없습니다.",
                    en: "\(resource.singular)/\(name) has no pods yet."))
        }
        return list.items.sorted { Self.rank($0) < Self.rank($1) }
    }

    /// The selector by which an object finds its Pods.
    static func selector(of owner: KubernetesObject) -> LabelSelector? {
        guard let selector = owner.spec["selector"] else { return nil }
        if owner.kind == "Service" {
            var labels: [String: String] = [:]
            for (key, value) in selector.object ?? [:] { labels[key] = value.string }
            return labels.isEmpty ? nil : LabelSelector(matchLabels: labels)
        }
        return LabelSelector(document: selector)
    }

    private static func rank(_ pod: KubernetesObject) -> (Int, Int, String) {
        let isReady = pod.conditions.contains { $0["type"]?.string == "Ready" && $0["status"]?.string == "True" }
        let phases = ["Running": 0, "Pending": 1, "Unknown": 2]
        return (
            phases[pod.status["phase"]?.string ?? ""] ?? 3, isReady ? 0 : 1,
            (pod.creationTimestamp ?? "") + pod.name
        )
    }
}

extension KubernetesObject {
    /// `status.conditions`
    var conditions: [JSONValue] { status["conditions"]?.array ?? [] }
}
