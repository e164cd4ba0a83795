import Documents
import KubernetesAPI

@testable import Scheduler

func makeNode(
    _ name: String, cpu: String = "2", memory: String = "4Gi", pods: String = "110", labels: [String: String] = [:],
    taints: JSONValue = [], unschedulable: Bool = false
) -> KubernetesObject {
    var node = KubernetesObject(.nodes, name: name)
    node.labels = labels.merging(["kubernetes.io/hostname": name]) { $1 }
    if taints != [] { node.spec["taints"] = taints }
    if unschedulable { node.spec["unschedulable"] = true }
    let amounts: JSONValue = ["cpu": .string(cpu), "memory": .string(memory), "pods": .string(pods)]
    node.status = ["capacity": amounts, "allocatable": amounts]
    return node
}

func makePod(
    _ name: String, cpu: String? = nil, memory: String? = nil, labels: [String: String] = [:], owner: String? = nil,
    spec: JSONValue = [:]
) -> KubernetesObject {
    var pod = KubernetesObject(.pods, namespace: "default", name: name)
    pod.metadata["uid"] = .string("uid-\(name)")
    pod.labels = labels
    if let owner {
        pod.ownerReferences = [OwnerReference(apiVersion: "apps/v1", kind: "ReplicaSet", name: owner, uid: owner)]
    }
    var requests = JSONObject()
    if let cpu { requests["cpu"] = .string(cpu) }
    if let memory { requests["memory"] = .string(memory) }
    pod.spec = spec
    if spec["containers"] == nil {
        pod.spec["containers"] = [["name": "main", "image": "app", "resources": ["requests": .object(requests)]]]
    }
    return pod
}

func makeCluster(_ nodes: [KubernetesObject], placed: [(KubernetesObject, String)] = []) -> ClusterSnapshot {
    ClusterSnapshot(
        nodes: nodes.map { object in
            var node = SchedulableNode(object)
            for (pod, place) in placed where place == object.name { node.add(SchedulablePod(pod)) }
            return node
        })
}

func decide(_ pod: KubernetesObject, _ cluster: ClusterSnapshot, seed: UInt64 = 0) -> SchedulingDecision {
    SchedulingDecision.decide(SchedulablePod(pod), in: cluster, seed: seed)
}

extension SchedulingDecision {
    var node: String? { if case .place(let node) = self { node } else { nil } }
    var message: String? { if case .unschedulable(let message, _) = self { message } else { nil } }
}
