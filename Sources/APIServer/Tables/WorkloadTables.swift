import Documents
import KubernetesAPI

extension DeploymentStrategy {
    var columns: [ObjectTable.Column] {
        [
            .init("Name"), .init("Ready"), .init("Up-to-date"), .init("Available"), .init("Age"),
            .init("Containers", priority: 1), .init("Images", priority: 1), .init("Selector", priority: 1),
        ]
    }

    func cells(of deployment: KubernetesObject, now: Timestamp) -> [String] {
        func count(_ member: String) -> Int { deployment.status[member]?.int ?? 0 }
        return [
            deployment.name, "\(count("readyReplicas"))/\(deployment.spec["replicas"]?.int ?? 0)",
            String(count("updatedReplicas")), String(count("availableReplicas")),
            TableCells.age(of: deployment, now: now),
        ] + TableCells.containers(of: deployment.spec["template"])
            + [TableCells.selector(deployment.spec["selector"])]
    }
}

extension ReplicaSetStrategy {
    var columns: [ObjectTable.Column] {
        [
            .init("Name"), .init("Desired"), .init("Current"), .init("Ready"), .init("Age"),
            .init("Containers", priority: 1), .init("Images", priority: 1), .init("Selector", priority: 1),
        ]
    }

    func cells(of replicaSet: KubernetesObject, now: Timestamp) -> [String] {
        [
            replicaSet.name, String(replicaSet.spec["replicas"]?.int ?? 0),
            String(replicaSet.status["replicas"]?.int ?? 0), String(replicaSet.status["readyReplicas"]?.int ?? 0),
            TableCells.age(of: replicaSet, now: now),
        ] + TableCells.containers(of: replicaSet.spec["template"])
            + [TableCells.selector(replicaSet.spec["selector"])]
    }
}
