import Documents
import KubernetesAPI

/// The ReplicaSets of a Deployment: its history.
struct Revisions {
    static let annotation = "deployment.kubernetes.io/revision"
    static let cause = "kubernetes.io/change-cause"

    /// By revision, the oldest first.
    let all: [KubernetesObject]
    /// That of the present template.
    let current: KubernetesObject?
    /// Others that still want Pods.
    let old: [KubernetesObject]

    init(call: Call, deployment: KubernetesObject) async throws {
        let options = ListOptions(labelSelector: LabelSelector(document: deployment.spec["selector"] ?? [:]))
        let sets = try await call.client.list(.replicaSets, namespace: deployment.namespace, options).items
        let all = sets.filter { $0.controller?.uid == deployment.uid }
            .sorted { Self.revision($0) < Self.revision($1) }
        let template = Self.template(deployment)
        let current = all.last { Self.template($0) == template }
        self.all = all
        self.current = current
        old = all.filter { $0.uid != current?.uid && ($0.spec["replicas"]?.int ?? 0) > 0 }
    }

    static func revision(_ set: KubernetesObject) -> Int { set.annotations[annotation].flatMap { Int($0) } ?? 0 }

    /// The template without the label by which its ReplicaSet is told apart.
    static func template(_ owner: KubernetesObject) -> JSONValue {
        var template = owner.spec["template"] ?? [:]
        template.set("metadata", "labels", "pod-template-hash", to: nil)
        return template
    }
}
