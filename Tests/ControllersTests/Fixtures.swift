import Documents
import KubernetesAPI

let testEpoch = Timestamp(secondsSinceEpoch: 1_767_225_600)

/// A Deployment of one container, with the defaults the API server would fill in.
func makeDeployment(
    _ name: String = "web", replicas: Int = 3, image: String = "app:1", surge: JSONValue = "25%",
    unavailable: JSONValue = "25%"
) -> KubernetesObject {
    var deployment = KubernetesObject(.deployments, namespace: "default", name: name)
    deployment.metadata["uid"] = .string("deployment-\(name)")
    deployment.metadata["generation"] = 1
    deployment.spec = [
        "replicas": .integer(replicas), "selector": ["matchLabels": ["app": .string(name)]],
        "template": makeTemplate(name, image: image), "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600,
        "strategy": ["type": "RollingUpdate", "rollingUpdate": ["maxSurge": surge, "maxUnavailable": unavailable]],
    ]
    return deployment
}

func makeTemplate(_ app: String, image: String) -> JSONValue {
    [
        "metadata": ["labels": ["app": .string(app)]],
        "spec": ["containers": [["name": "main", "image": .string(image)]]],
    ]
}

func makePod(
    _ name: String, node: String = "node-1", phase: String = "Running", isReady: Bool = true, readySince: Int = 0,
    created: Int = 0, labels: [String: String] = ["app": "web"], owner: KubernetesObject? = nil
) -> KubernetesObject {
    var pod = KubernetesObject(.pods, namespace: "default", name: name)
    pod.metadata["uid"] = .string("uid-\(name)")
    pod.metadata["creationTimestamp"] = .string((testEpoch + .seconds(created)).text)
    pod.labels = labels
    if let owner { pod.ownerReferences = [OwnerReference(controller: owner)] }
    if !node.isEmpty { pod.spec["nodeName"] = .string(node) }
    pod.status = ["phase": .string(phase)]
    pod.setCondition(Condition("Ready", Condition.Truth(isReady)), now: testEpoch + .seconds(readySince))
    return pod
}

extension KubernetesObject {
    func deleted() -> KubernetesObject {
        var object = self
        object.metadata["deletionTimestamp"] = .string(testEpoch.text)
        return object
    }
}
